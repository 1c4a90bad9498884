// SPDX-License-Identifier: Apache-2.0
// A test that fails now and then is a fault of its own. What makes one is not found in tests and their helpers: a sleep where a fact could be waited for, a
// limit that a busy machine reaches, a setting or a list of the whole machine, which others use too. What has a reason stands here, with it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const TESTS = [
  '{packages,apps,native,tools}/**/{*.test,test-*}.{ts,tsx}',
  'packages/testkit/src/**/*.ts',
  '{e2e,tests}/**/*.ts',
];
/** A machine that others use is six times slower, and a wait ends with its fact: only a failure takes so long. */
const LIMIT_MS_MIN = 60_000;

interface Rule {
  readonly what: string;
  readonly found: (text: string) => readonly string[];
  /** Files that may, and why. */
  readonly may: ReadonlyMap<string, string>;
}

const matches =
  (pattern: RegExp) =>
  (text: string): readonly string[] =>
    Array.from(text.matchAll(pattern), ([all]) => all);

/** A call from its name to its end: its brackets are even, but for those in texts. */
function callAt(text: string, from: number): string {
  const tokens = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[([{]|[)\]}]/g;
  tokens.lastIndex = from;
  for (let [depth, token] = [0, tokens.exec(text)]; token !== null; token = tokens.exec(text)) {
    if (/^[([{]$/.test(token[0])) depth += 1;
    if (/^[)\]}]$/.test(token[0]) && --depth === 0) return text.slice(from, tokens.lastIndex);
  }
  return text.slice(from);
}

/** Waits whose last argument is a number of ms. */
const shortLimits = (text: string): readonly string[] =>
  Array.from(text.matchAll(/\b(?:until|AbortSignal\.timeout)\(/g), ({ index }) => callAt(text, index)).filter(
    (call) => {
      const ms = /[(,]\s*([\d_]+)(?:,\s*)?\)$/.exec(call)?.[1];
      return ms !== undefined && Number(ms.replaceAll('_', '')) < LIMIT_MS_MIN;
    },
  );

const RULES: readonly Rule[] = [
  {
    what: 'a sleep: wait for a fact with `until` of the testkit, or hand in a clock',
    found: matches(
      /new Promise[^;]{0,40}=>\s*\{?\s*setTimeout\(|\bwaitForTimeout\(|setTimeout(?: as \w+)? \} from 'node:timers\/promises'|Atomics\.wait\(/g,
    ),
    may: new Map([
      ['packages/testkit/src/until.ts', 'the one wait for a fact'],
      ['packages/manager/src/testing/test-database.ts', 'in an exit handler nothing can be awaited'],
      ['packages/agent/src/update/release-store.test.ts', 'a moment of the seed, at which a process is killed'],
      ['tests/scanner/process/death.test.ts', 'moments at which processes are killed'],
      ['tools/check/run-tests.test.ts', 'the text of a test file that ends late'],
      ['e2e/scan/death.test.ts', 'moments of the seed, at which processes are killed'],
      ['e2e/realtime-under-load/hangs.test.ts', 'the time between two kills; the block of a thread'],
      ['e2e/realtime-under-load/stress.test.ts', 'moments of the seed, at which processes are killed'],
      ['e2e/manager/service.test.ts', 'how long the database is away'],
      ['e2e/support/stalls.ts', 'what it measures'],
      ['tests/console/behaviour.test.ts', 'looks for a page that grows too wide: no fact says that it will not'],
    ]),
  },
  {
    what: `a limit of less than ${LIMIT_MS_MIN} ms for something that is waited for`,
    found: shortLimits,
    may: new Map(),
  },
  {
    what: 'a signal whose time runs from the load of the file',
    found: matches(/^(?:export )?const .*AbortSignal\.timeout\(.*$/gm),
    may: new Map(),
  },
  {
    what: 'a setting of the whole machine',
    found: matches(/writeFileSync\((?:'\/(?:proc\/sys|sys)\/|[A-Z_]+,)|\bsysctl -w|> ?\/proc\/sys\//g),
    may: new Map(),
  },
  {
    what: 'the files of the whole machine: packageFiles and checkoutFiles of tests/installed-files.ts, or a folder of its own',
    found: matches(/(?:readdirSync|globSync)\(\s*['"`]\/(?:usr|etc|tmp|var|run|home)\b/g),
    may: new Map([
      ['tests/installed-files.ts', 'the lists of the packages'],
      ['tests/scanner/archives/outcomes.test.ts', 'the library that the scanner is linked with'],
      ['tests/scanner/process/places.test.ts', 'takes away the folders of its own racer'],
    ]),
  },
  {
    what: 'processes by their name, whoever started them',
    found: matches(/\b(?:pgrep|pkill|killall|pidof)\b/g),
    may: new Map([['e2e/vm-lab/network-drives.test.ts', 'in a VM of its own']]),
  },
  {
    what: 'content that no seed repeats: noise of the testkit, from testSeed',
    found: matches(/\brandomBytes\((?:[\d_]{4,}|[^)\n]*\*)/g),
    may: new Map(),
  },
  {
    what: 'a port that another test may have: freePort of the testkit, or 0',
    found: matches(/\.listen\(\s*(?:\{\s*port:\s*)?[1-9]\d*/g),
    may: new Map(),
  },
];

const files = globSync(TESTS, { cwd: ROOT, exclude: (name) => /(^|\/)(?:node_modules|dist|\.build)(\/|$)/.test(name) })
  .filter((file) => !file.startsWith('tools/rules/'))
  .toSorted();

for (const { what, found, may } of RULES)
  test(`no test has ${what}`, () => {
    assert.ok(files.length > 300, `${files.length} files`);
    const hits = new Map(files.map((file) => [file, found(readFileSync(join(ROOT, file), 'utf8'))]));
    const wrong = [...hits].filter(([file, lines]) => lines.length > 0 && !may.has(file));
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      [...may.keys()].filter((file) => (hits.get(file) ?? []).length === 0),
      [],
      'a reason that is needed no more',
    );
  });

test('the rules see what they are for, and nothing else', () => {
  const planted: readonly (readonly [rule: string, yes: readonly string[], no: readonly string[]])[] = [
    [
      'a sleep',
      [
        'await new Promise((resolve) => setTimeout(resolve, 50));',
        'const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));',
        "import { setTimeout as delay } from 'node:timers/promises';",
        'await new Promise<void>((resolve) => {\n  setTimeout(resolve, 50);\n});',
        'await page.waitForTimeout(300);',
      ],
      [
        'const late = setTimeout(() => child.kill(), 30_000);',
        "import { setImmediate as turn } from 'node:timers/promises';",
      ],
    ],
    [
      'a limit',
      [
        "await until(() => existsSync(path), 'it is there', 5_000);",
        "await until(\n  async () => (await look()).length > 0,\n  'it is there',\n  20_000,\n);",
        "await until(() => true, 'x', 30_000).catch(() => fail());",
        'const late = AbortSignal.timeout(30_000);',
      ],
      [
        "await until(() => list.length > 1_000, 'many');",
        "await until(() => existsSync(path), 'it is there', 180_000);",
      ],
    ],
    [
      'a signal',
      ['const bound = { signal: AbortSignal.timeout(90_000) };'],
      ['  const late = AbortSignal.timeout(90_000);'],
    ],
    [
      'a setting',
      ["writeFileSync('/proc/sys/fs/x', '64');", 'writeFileSync(QUEUE, String(64));'],
      ["writeFileSync('/proc/self/x')"],
    ],
    [
      'the files',
      ["readdirSync('/tmp')", 'globSync(`/usr/lib/**/*.${ending}`)'],
      ["readdirSync(join(base, 'tmp'))", "readdirSync('/proc')"],
    ],
    ['processes', ["execFileSync('pgrep', ['lazaret'])"], ['process.kill(pid)']],
    [
      'content',
      ['writeFileSync(path, randomBytes(1_000))', 'randomBytes(3 * 1024 * 1024 + 17)'],
      ['randomBytes(16)', 'noise(1_000, seededRandom(testSeed))', 'random: randomBytes,'],
    ],
    [
      'a port',
      ["server.listen(8080, '127.0.0.1')", 'server.listen({ port: 4443 })'],
      ['server.listen(0)', 'server.listen(port)'],
    ],
  ];
  for (const [rule, yes, no] of planted) {
    const found = RULES.find(({ what }) => what.startsWith(rule))?.found ?? assert.fail(rule);
    for (const line of yes) assert.ok(found(line).length > 0, line);
    for (const line of no) assert.deepEqual(found(line), [], line);
  }
});
