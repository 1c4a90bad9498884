// SPDX-License-Identifier: Apache-2.0
// Of the agent's spool, policy, patterns, scan process and doctor.
import { same, type Survivor } from './survivor.ts';

const TABLES = 'packages/agent/src/update/release-tables.ts';
const STORE = 'packages/agent/src/update/release-store.ts';
const TEXT = 'packages/agent/src/policy/policy-text.ts';
const FACTS = 'packages/host/src/linux/machine/system-facts.ts';
const READER = 'packages/agent/src/spool/spool-reader.ts';
const SPOOL = 'packages/agent/src/spool/spool.ts';

export const AGENT_STORES: readonly Survivor[] = [
  ...same('packages/host/src/linux/machine/fanotify-info.ts', 'what matched has its part', [
    "Array.from(info.matchAll(pattern), ([, hex = '0']) => Number.parseInt(hex, 16)).some(",
    '""',
  ]),
  ...same(FACTS, 'what matched has its parts', [
    "if (match !== null) fields.set(match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '');",
    '"Stryker was here!"',
  ]),
  ...same(FACTS, 'neither text has a field', ["return '';", '"Stryker was here!"']),
  ...same('packages/agent/src/doctor/route-steps.ts', 'clocks without a difference agree', [
    "const direction = differenceMs > 0 ? 'ahead of' : 'behind';",
    'differenceMs >= 0',
  ]),
  ...same(
    READER,
    'a shortcut: what was read already is left out either way',
    ['const segment = segments.findLast((first) => first <= behind + 1) ?? segments[0];', '() => undefined'],
    ['const segment = segments.findLast((first) => first <= behind + 1) ?? segments[0];', 'false'],
    ['const segment = segments.findLast((first) => first <= behind + 1) ?? segments[0];', 'first < behind + 1'],
    ['const segment = segments.findLast((first) => first <= behind + 1) ?? segments[0];', 'behind - 1'],
  ),
  ...same(
    READER,
    'memory alone: how much is read at once',
    ['const CHUNK_BYTES = 256 * 1024;', '256 / 1024'],
    [
      'const buffer = Buffer.alloc(Math.min(bytesMax, Math.max(0, size - offset)));',
      'Math.max(bytesMax, Math.max(0, size - offset))',
    ],
    ['const buffer = Buffer.alloc(Math.min(bytesMax, Math.max(0, size - offset)));', 'size + offset'],
    ['if (end === 0 && offset + read < size) bytesMax *= 4;', 'true'],
  ),
  ...same(
    SPOOL,
    'a power cut alone shows what had come to the disk',
    ['fdatasyncSync(current);', ';'],
    ['if (durable) fdatasyncSync(current);', 'true'],
    ['if (durable) fdatasyncSync(current);', 'false'],
    ['if (durable) fdatasyncSync(current);', ';'],
    ["const append: Spool['append'] = (type, fields, durable = false) => {", 'true'],
    ["write({ ...stamp(), sequence: next, type: 'gap', lostFrom, lostTo: lost.to }, true);", 'false'],
    ['async function syncFile(path: string): Promise<void> {', '{}'],
    ['try {', '{}'],
  ),
  ...same(
    SPOOL,
    'Node lists names in their order, which it does not promise',
    ['.toSorted((left, right) => left - right);', '() => undefined'],
    ['.toSorted((left, right) => left - right);', 'left + right'],
  ),
  ...same(SPOOL, 'a shortcut: what is whole stays as long as it is', [
    'if (end !== bytes.length) truncate(path, end);',
    'true',
  ]),
  ...same(
    SPOOL,
    'a shortcut: events before are left out one by one',
    ['if (following !== undefined && following <= from) continue;', 'false'],
    ['if (following !== undefined && following <= from) continue;', 'true'],
    ['if (following !== undefined && following <= from) continue;', 'following === undefined'],
    ['if (following !== undefined && following <= from) continue;', 'following < from'],
  ),
  ...same('packages/agent/src/engine/answers/scan-answer.ts', 'no answer is as false', ['default:', 'default:']),
  ...same('packages/agent/src/policy/kept-policy.ts', 'bytes do as well as their text', [
    "if (existsSync(manager)) return readManagerPolicy(readFileSync(manager, 'utf8'));",
    '""',
  ]),
  ...same('packages/agent/src/policy/policy-file.ts', 'neither is a place', [
    'placeOf: PlaceOf = () => null,',
    '() => undefined',
  ]),
  ...same(TEXT, 'the words of the library are not told', [
    'const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, stringKeys: true });',
    'true',
  ]),
  ...same(TEXT, 'so many are taken where nobody says how many', [
    'return document.toJS({ maxAliasCount: 100 });',
    '{}',
  ]),
  ...same(TEXT, 'no field has that name', [
    'for (const step of parsePointer(pointer) ?? []) {',
    '["Stryker was here"]',
  ]),
  ...same(TEXT, 'what was parsed has its range', [
    'return (node as Node | null)?.range?.[0] ?? null;',
    '(node as Node | null)?.range[0]',
  ]),
  ...same('packages/agent/src/clamd/open-directory.ts', 'Linux has it', [
    'if (!stat.isDirectory() || stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0)',
    'process.geteuid()',
  ]),
  ...same('packages/agent/src/policy/ours-alone.ts', 'Linux has it', [
    'return uid === 0 || uid === process.geteuid?.();',
    'process.geteuid()',
  ]),
  ...same('packages/agent/src/update/given-file.ts', 'Linux has it', [
    'return uid === 0 || uid === process.geteuid?.();',
    'process.geteuid()',
  ]),
  ...same(
    'packages/agent/src/update/release-loader.ts',
    'written again it is the same: the engine refuses another number',
    ['const recorded = release.manifest.loaded === null ? store.recordLoaded(release, counted) : release;', 'true'],
  ),
  ...same(TABLES, 'JSON takes bytes for UTF-8, too', ["return { text: readFileSync(where, 'utf8'), where };", '""']),
  ...same(STORE, 'JSON takes bytes for UTF-8, too', [
    "const manifest = parseManifest(readFileSync(join(directory, MANIFEST_NAME), 'utf8'));",
    '""',
  ]),
  ...same(
    STORE,
    'what was listed just now is there',
    ["if (name.startsWith('.')) rmSync(join(directory, name), { recursive: true, force: true });", 'false'],
    ['rmSync(directory, { recursive: true, force: true });', 'false'],
  ),
  ...same(
    'packages/agent/src/update/readable-patterns.ts',
    'what hinders a look hinders the copy, too, and is told there',
    ['} catch (error) {', '{}'],
  ),
];
