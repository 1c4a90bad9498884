// SPDX-License-Identifier: Apache-2.0
// Mutants that no test sees and none has to, each with why. `was` is the line as it stands, `becomes` what stands in place of its changed part, as
// `npm run mutants` prints them.

export interface Survivor {
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
  readonly why: string;
}

const same = (file: string, why: string, ...pairs: readonly (readonly [was: string, becomes: string])[]): Survivor[] =>
  pairs.map(([was, becomes]) => ({ file, was, becomes, why }));

const ALARMS = 'packages/core/src/alarms/alarms.ts';
const EXCEPTIONS = 'packages/core/src/exceptions/compile.ts';
const CHECK = 'packages/contract/src/check.ts';
const POLICY_CHECK = 'packages/contract/src/policy-check.ts';
const JSON_SCHEMA = 'packages/contract/src/policy-json-schema.ts';
const GLOB = 'packages/core/src/exceptions/glob.ts';
const TOKEN = 'packages/contract/src/link/enrolment-token.ts';
const UNSCANNED = 'packages/core/src/unscanned.ts';
const NO_ALARM = ['protected', 'starter-only', 'off-by-policy', 'off-by-schedule', 'unknown'] as const;

export const SURVIVORS: readonly Survivor[] = [
  ...same(
    ALARMS,
    'these states return null, and what falls out of the switch is none either; the compiler wants each named',
    ...NO_ALARM.map((state) => [`case '${state}':`, '""'] as const),
    ["case 'unknown':", "case 'unknown':"],
  ),
  ...same(ALARMS, 'the list is not empty there', [
    "if (vm.notApplied.length > 0) return alarm('policy-not-applied', 'watch', { path: vm.notApplied[0] ?? '' });",
    '"Stryker was here!"',
  ]),
  ...same(ALARMS, 'null counts as 0, which is no offset', [
    'clockOffsetMs === null || Math.abs(clockOffsetMs) <= clockOffMs',
    'false',
  ]),
  ...same('packages/core/src/action-plan.ts', 'the weakest may as well not be in the list', [
    "const STRENGTH: readonly Action[] = ['pass', 'deny', 'clean', 'delete', 'quarantine'];",
    '""',
  ]),
  ...same('packages/core/src/action-plan.ts', 'null is no success either', [
    'const failed = !succeeded(outcome.primary) && (outcome.secondary === null || !succeeded(outcome.secondary));',
    'false',
  ]),
  ...same(
    'packages/core/src/kinds.ts',
    'nothing repeated matches every text, at its begin',
    ['const openParts = /^(\\*\\.)*/.exec(prefix)?.[0].length ?? 0;', '/^(\\*\\.)*/.exec(prefix)[0]'],
    ['const openParts = /^(\\*\\.)*/.exec(prefix)?.[0].length ?? 0;', '/(\\*\\.)*/'],
  ),
  ...same(
    UNSCANNED,
    'what is allowed is never stronger than nothing, and ends as nothing does',
    ["if (rule === undefined || strength(rule.action) <= strength(strongest?.action ?? 'allow')) continue;", '""'],
    ["if (strongest === null || strongest.action === 'allow') return null;", 'false'],
    ["if (strongest === null || strongest.action === 'allow') return null;", '""'],
  ),
  ...same(UNSCANNED, 'without rules there is no decision: a shortcut for every file', [
    'if (rules.length === 0) return null;',
    'false',
  ]),
  ...same(UNSCANNED, 'all but Windows is canonical in the same way', [
    "...(directory === undefined ? {} : { directory: canonicalPath(directory, 'linux') }),",
    '""',
  ]),
  ...same('packages/core/src/exceptions/check.ts', 'undefined as text has the form of an account', [
    '...(user === undefined || USER.test(user)',
    'false',
  ]),
  ...same(EXCEPTIONS, 'either text is no place', [
    "const value = Object.hasOwn(facts.variables, name) ? (facts.variables[name] ?? '') : '';",
    '"Stryker was here!"',
  ]),
  ...same(EXCEPTIONS, 'undefined is no instant either', [
    'const expiry = exception.expires === undefined ? null : parseInstant(exception.expires);',
    'false',
  ]),
  ...same(EXCEPTIONS, 'of two equal moments either is the earlier', [
    'return left !== null && left.epochMilliseconds <= right.epochMilliseconds ? left : right;',
    'left.epochMilliseconds < right.epochMilliseconds',
  ]),
  ...same(
    EXCEPTIONS,
    'a shortcut: what has no wildcard, or no rule at all, is answered the same the long way',
    ['if (glob.literal === null) rules.globs.push({ glob, hit });', 'true'],
    ['const anyFile = building.files.literal.size + building.files.globs.length > 0;', 'true'],
    [
      'const anyFile = building.files.literal.size + building.files.globs.length > 0;',
      'building.files.literal.size + building.files.globs.length >= 0',
    ],
    ['if (rules.literal.size > 0) {', 'true'],
    ['if (rules.literal.size > 0) {', 'rules.literal.size >= 0'],
    ['const index = building.extensions.length === 0 ? null : extensions.find(name);', 'false'],
    ['return index === null ? null : (building.extensions[index]?.hit ?? null);', 'false'],
  ),
  ...same(EXCEPTIONS, 'an index that was found is in the list', [
    'return index === null ? null : (building.extensions[index]?.hit ?? null);',
    'building.extensions[index].hit',
  ]),
  ...same(EXCEPTIONS, 'what is not exact reaches beneath', [
    "return rules.globs.find(({ glob }) => globMatches(glob, directory, 'self-or-beneath'))?.hit ?? null;",
    '""',
  ]),
  ...same(GLOB, 'the index is in the list', [
    "} else if (part !== undefined && nameMatches(part, names[index] ?? '')) {",
    '"Stryker was here!"',
  ]),
  ...same(
    GLOB,
    'several ** in a row take as many directories as one: fewer to try',
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", 'true'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", 'false'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", '""'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", '+1'],
  ),
  ...same(
    GLOB,
    'an empty name has no parts, and falls out when it is expanded',
    ["return pattern.split('/').filter((name) => name !== '' && name !== '.');", 'true'],
    ["return pattern.split('/').filter((name) => name !== '' && name !== '.');", '"Stryker was here!"'],
  ),
  ...same(GLOB, 'any wildcard but `any` is `one`', [
    "if (text.startsWith('?')) return [{ wildcard: 'one' }, 1];",
    '""',
  ]),
  ...same(
    GLOB,
    'the letters of ** are wildcards to literalName too',
    ["const literals = expanded.map((name) => (name === '**' ? null : literalName(name)));", 'false'],
    ["const literals = expanded.map((name) => (name === '**' ? null : literalName(name)));", '""'],
  ),
  ...same(
    GLOB,
    'a path without wildcards is met by the glob too: the literal is the faster way',
    ['literal: literal === null ? null : place,', 'true'],
    ['return { names: expanded, literal: stop === -1 ? base : null, base };', 'false'],
  ),
  ...same(
    GLOB,
    'there is always a last name',
    ["names.at(-1)?.push(token.wildcard === 'any' ? '*' : '?');", 'names.at(-1).push'],
    ["if (piece !== '') names.at(-1)?.push([piece]);", 'names.at(-1).push'],
  ),
  ...same(
    GLOB,
    'nobody looks at the step of a *',
    ["const step = part === undefined || part === '*' ? -1 : partLength(part, name, index);", 'false'],
    ["const step = part === undefined || part === '*' ? -1 : partLength(part, name, index);", '""'],
  ),
  ...same(GLOB, 'no part is empty: a step is -1 or more than 0', ['} else if (step > 0) {', 'step >= 0']),
  ...same(GLOB, 'behind the end nothing matches any more', [
    '} else if (lastStar !== -1 && retryAt < name.length) {',
    'retryAt <= name.length',
  ]),
  ...same(GLOB, 'a literal letter by letter is the same literal', [
    'return Array.from(pattern.matchAll(/[*?]|[^*?]+/gu), ([piece]) =>',
    '/[*?]|[^*?]/gu',
  ]),
  ...same(
    'packages/core/src/targets/intelliscan.ts',
    'an extension begins with a dot and is found by its dot: other names in its list meet nothing',
    ["whole: new Set(names.filter((name) => !name.startsWith('.'))),", 'names'],
    ["extensions: new Set(names.filter((name) => name.startsWith('.'))),", 'names'],
    ["extensions: new Set(names.filter((name) => name.startsWith('.'))),", '""'],
    ["for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {", '""'],
  ),
  ...same('packages/core/src/paths.ts', 'what matched has its part, and undefined is no scheme', [
    'const scheme = /^([a-z0-9]+):/i.exec(path)?.[1]?.toLowerCase();',
    '/^([a-z0-9]+):/i.exec(path)?.[1].toLowerCase',
  ]),
  ...same('packages/core/src/paths.ts', 'undefined is no scheme', [
    '(scheme !== undefined && NETWORK_SCHEMES.has(scheme)) ||',
    'true',
  ]),
  ...same('packages/core/src/targets/check.ts', 'any system but Windows has paths from the root', [
    "const systems: readonly OperatingSystem[] = operatingSystem === undefined ? ['linux', 'windows'] : [operatingSystem];",
    '""',
  ]),
  ...same('packages/core/src/targets/compile.ts', 'of what does not exist nothing else is asked', [
    'const { exists, fileSystem } = facts.entries[index] ?? { exists: false, fileSystem: null };',
    '{}',
  ]),
  ...same(
    'packages/core/src/systems/supported.ts',
    'the list has one system',
    [
      'const known = SUPPORTED_SYSTEMS.some(',
      'SUPPORTED_SYSTEMS.every(one => one.id === id && one.version === version && one.architecture === architecture)',
    ],
    ["const names = SUPPORTED_SYSTEMS.map((one) => `${one.name} on ${one.architecture}`).join(', ');", '""'],
  ),
  ...same('packages/manager/src/ingest/quota.ts', 'who just brought something is remembered, so there is an oldest', [
    'if (known.size > REMEMBERED_MAX && oldest !== undefined) known.delete(oldest);',
    'true',
  ]),
  ...same('packages/manager/src/auth/fair-queue.ts', 'a lane of one is never longer than the own one will be', [
    'let longest: Waiting[] = [];',
    '["Stryker was here"]',
  ]),
  ...same('packages/manager/src/auth/fair-queue.ts', 'of two that wait equally often either may give way', [
    'if (lane.length > longest.length) longest = lane;',
    'lane.length >= longest.length',
  ]),
  ...same('packages/manager/src/auth/fair-queue.ts', 'what is longer than the own lane is not empty', [
    'longest.pop()?.refuse(busy());',
    'longest.pop().refuse',
  ]),
  ...same('packages/agent/src/scan/pacing.ts', 'who waits for nothing does not wait either', [
    'if (share >= 1) return { allowance: () => Promise.resolve() };',
    '() => undefined',
  ]),
  ...same('packages/agent/src/scan/totals.ts', 'a shortcut: a copy to which nothing is added is the same', [
    'if (row.unscanned.length === 0) return unscanned;',
    'false',
  ]),
  ...same(CHECK, 'a field has a name', ["const name = path.at(-1) ?? '';", '"Stryker was here!"']),
  ...same(CHECK, 'a text is no issue, and has no code', [
    'const unknownFields = flatten(schema.safeParse(input).error?.issues ?? []).flatMap((issue) =>',
    '["Stryker was here"]',
  ]),
  ...same(CHECK, 'only a fault of ours has parameters', [
    "const params: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;",
    'true',
  ]),
  ...same(CHECK, 'a shortcut: a copy without nothing is the same', [
    "return pointers.size === 0 ? value : copyWithout(value, '', pointers);",
    'false',
  ]),
  ...same(
    POLICY_CHECK,
    'a pointer of an unknown field is one, and not empty',
    [
      'const steps = (parsePointer(pointer) ?? []).map((step, index, all) => stepOf(input, all, index, step));',
      '["Stryker was here"]',
    ],
    ["const name = String(steps.at(-1) ?? '');", '"Stryker was here!"'],
  ),
  ...same(POLICY_CHECK, 'no pointer is like that text', [
    'function keeps(input: unknown, { unknown, known = [] }: PolicyCheckRules): (pointer: string) => boolean {',
    '["Stryker was here"]',
  ]),
  ...same(POLICY_CHECK, 'no field stands in more places today', [
    'const elsewhere = placesOfField(name).slice(0, PLACES_TOLD_MAX);',
    'placesOfField(name)',
  ]),
  ...same(POLICY_CHECK, 'what is no object has no keys to be compared', [
    "const known = isObject(match) ? knownMatchFields(match as Exception['match']) : [];",
    '["Stryker was here"]',
  ]),
  ...same('packages/contract/src/shape-message.ts', 'a literal has a value', [
    "values.length === 1 ? `Here must stand ${values[0] ?? ''}` : `Here must stand one of ${values.join(', ')}`;",
    '"Stryker was here!"',
  ]),
  ...same(JSON_SCHEMA, 'anything but `throw` is any', ["unrepresentable: 'any',", '""']),
  ...same(JSON_SCHEMA, 'an own property is there', [
    "typeof step === 'number' ? items : Object.hasOwn(properties ?? {}, step) ? properties?.[step] : undefined;",
    'properties[step]',
  ]),
  ...same(JSON_SCHEMA, 'a text has neither variants nor fields', [
    "return typeof inner === 'object' && !Array.isArray(inner) ? [inner] : [];",
    '["Stryker was here"]',
  ]),
  ...same(CHECK, 'nobody names a field by a symbol', [
    "return path.map((step) => (typeof step === 'number' ? step : String(step)));",
    'true',
  ]),
  ...same(
    'packages/core/src/policy-defaults.ts',
    'all but real-time scan have the same limits',
    ["...scanSettings('scheduled'),", '""'],
    ["manual: { ...scanSettings('manual'), load: 'high' },", '""'],
  ),
  ...same('packages/core/src/path-text.ts', 'of either only the low byte is taken', [
    'if (isEscape(code)) bytes.push(code - ESCAPE_BASE);',
    'code + ESCAPE_BASE',
  ]),
  ...same('packages/core/src/case-fold.ts', 'behind the last character with case there is none to list', [
    'foldedCharacters ??= Array.from({ length: LAST_CASED - 0x7f }, (_, index) => String.fromCodePoint(index + 0x80))',
    'LAST_CASED + 0x7f',
  ]),
  ...same('packages/core/src/nearest.ts', 'either way case makes no difference', [
    "return word.toLowerCase().replaceAll(/[-_\\s]/g, '');",
    'word.toUpperCase()',
  ]),
  ...same('packages/core/src/nearest.ts', 'nothing is swapped in the first row', [
    'let before: readonly number[] = [];',
    '["Stryker was here"]',
  ]),
  ...same('packages/core/src/targets/file-systems.ts', 'either text is no place on a network', [
    "export function classifyFileSystem(type: string, source = ''): FileSystemClass {",
    '"Stryker was here!"',
  ]),
  ...same(
    'packages/core/src/schedule/dates.ts',
    'a word has no start date, and without one each day is meant',
    ["if (every === 'day') return date;", 'false'],
    ["if (every === 'day') return date;", '""'],
  ),
  ...same(
    'packages/core/src/schedule/dates.ts',
    'at the start date itself both sides are that date',
    [
      'return elapsed <= 0 ? start : date.add({ days: (every.days - (elapsed % every.days)) % every.days });',
      'elapsed < 0',
    ],
    ['const from = start !== null && daysBetween(date, start) > 0 ? start : date;', 'daysBetween(date, start) >= 0'],
  ),
  ...same('packages/core/src/schedule/week.ts', 'in the loop there is a last one', [
    'if (isBefore(after, to) && to !== last?.to) return { at: to, within: false };',
    'last.to',
  ]),
  ...same(
    'packages/core/src/schedule/week.ts',
    'where 24:00 is not read it counts as 0, which ends at the same midnight',
    ['const to = parseTimeOfDay(range.to, { midnightAsEnd: true }) ?? 0;', '{}'],
    ['const to = parseTimeOfDay(range.to, { midnightAsEnd: true }) ?? 0;', 'false'],
  ),
  ...same('packages/core/src/schedule/week.ts', 'an empty range is refused before (findWeekScheduleFaults)', [
    'const endDay = to <= from ? day.add({ days: 1 }) : day;',
    'to < from',
  ]),
  ...same('packages/contract/src/canonical-json.ts', 'names of members differ', [
    'const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));',
    'left <= right',
  ]),
  ...same('packages/contract/src/canonical-json.ts', 'a refusal always says where', [
    "if (error instanceof LazaretError) return error.where ?? '';",
    '"Stryker was here!"',
  ]),
  ...same(
    TOKEN,
    'null, undefined and what JSON makes of null are all no token',
    ['return text === null ? null : JSON.parse(text);', 'false'],
    ['} catch {', '{}'],
  ),
  ...same(TOKEN, 'six bits that wait are written with the next letter, or at the end', [
    'while (bits >= 6) {',
    'bits > 6',
  ]),
  ...same('packages/core/src/ceiling/protected-places.ts', 'all but Windows is canonical in the same way', [
    "const place = canonicalPath(path, 'linux');",
    '""',
  ]),
];
