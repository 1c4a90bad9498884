// SPDX-License-Identifier: Apache-2.0
// The counts of ./check: what passes, fails, is skipped, crashes or hangs in its loading is counted as that, each planted in a file.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { PARTS } from './parts.ts';
import { filesOf } from './run-tests.ts';
import { add, EMPTY, formatClosingLine, type Outcome } from './counts.ts';

const HEAD = "import { after, before, describe, it, test } from 'node:test';\n";
const DRIVER = `
  import { runTests } from ${JSON.stringify(join(import.meta.dirname, 'run-tests.ts'))};
  const outcome = await runTests({ kind: 'tests', name: 'planted', globs: [process.argv[2]], quick: true, concurrency: 1 });
  console.log('OUTCOME ' + JSON.stringify(outcome));
`;

/** Counts as ./check does, in a process of its own: node:test does not run inside itself. */
function count(
  t: Parameters<typeof temporaryDirectory>[0],
  ...files: string[]
): { counts: unknown; passed: readonly { file: string; name: string }[]; said: string } {
  const directory = temporaryDirectory(t);
  for (const [index, text] of files.entries()) writeFileSync(join(directory, `${index}.test.mjs`), HEAD + text);
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const driver = join(directory, 'driver.mjs');
  writeFileSync(driver, DRIVER);
  const argv = [driver, join(directory, '*.test.mjs')];
  const ran = spawnSync(process.execPath, argv, { encoding: 'utf8', env: environment });
  const line = ran.stdout.split('\n').find((one) => one.startsWith('OUTCOME '));
  assert.ok(line !== undefined, ran.stderr);
  const { counts, passed } = JSON.parse(line.slice(8)) as Outcome;
  return { counts, passed, said: ran.stdout };
}

test('leaf tests are counted, suites are not', (t) => {
  const { counts } = count(t, "test('a', () => {}); describe('s', () => { it('b', () => {}); it('c', () => {}); });");
  assert.deepEqual(counts, { passed: 3, failed: 0, skipped: 0 });
});

test('a failing test is counted, and told with its file, its name and its cause', (t) => {
  const { counts, said } = count(t, "test('a', () => {}); test('bad', () => { throw new Error('the cause'); });");
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
  assert.match(said, /FAIL .*0\.test\.mjs: bad\nError: the cause/);
});

test('skipped and todo are counted as skipped, a failing todo too', (t) => {
  const { counts } = count(
    t,
    "test.skip('a', () => {}); test('b', (x) => x.skip('why')); test.todo('c'); test.todo('d', () => { throw new Error('x'); });",
  );
  assert.deepEqual(counts, { passed: 0, failed: 0, skipped: 4 });
});

test('only what ran and passed is named for the proofs, by its own title', (t) => {
  const { passed } = count(
    t,
    "test('LM-1a: good', () => {}); test.skip('LM-1b: left out', () => {}); test.todo('LM-1c: later'); test('LM-1d: bad', () => { throw new Error('x'); }); describe('s', () => { it('LM-2a: inside', () => {}); it('LM-2b: not here', (c) => c.skip('why')); });",
  );
  assert.deepEqual(
    passed.map(({ name }) => name),
    ['LM-1a: good', 'LM-2a: inside'],
  );
  assert.ok(passed.every(({ file }) => file.endsWith('/0.test.mjs')));
});

test('a file that dies counts as failed, whatever passed before: exit, signal, syntax, an error behind its tests', (t) => {
  const deaths = [
    "test('a', () => {}); process.exit(3);",
    "process.kill(process.pid, 'SIGKILL');",
    'this is no JavaScript',
    "import './nowhere.mjs';",
    "test('a', () => {}); throw new Error('outside');",
    "test('a', () => { setTimeout(() => { throw new Error('late'); }, 5); }); await new Promise((done) => setTimeout(done, 50));",
  ];
  for (const text of deaths) {
    const { counts } = count(t, text, "test('other', () => {});");
    const { failed, passed } = counts as { failed: number; passed: number };
    assert.ok(failed >= 1, `${text}: ${JSON.stringify(counts)}`);
    assert.ok(passed >= 1, 'the other file is still run');
  }
});

test('a suite that fails around its tests counts as failed: its body, its hooks', (t) => {
  const suites = [
    "describe('s', () => { throw new Error('body'); });",
    "describe('s', () => { before(() => { throw new Error('hook'); }); it('a', () => {}); });",
    "describe('s', () => { after(() => { throw new Error('hook'); }); it('a', () => {}); });",
    "after(() => { throw new Error('hook'); }); test('a', () => {});",
  ];
  for (const text of suites) {
    const { counts } = count(t, text);
    assert.ok((counts as { failed: number }).failed >= 1, `${text}: ${JSON.stringify(counts)}`);
  }
});

test('every part of ./check that runs tests has files', () => {
  for (const part of PARTS) {
    if (part.kind !== 'tests') continue;
    assert.ok(filesOf(part).length > 0, part.name);
    for (const file of part.except ?? []) assert.ok(existsSync(file), file);
  }
});

test('every end-to-end file, and every test of the agent and its host, is run by one part, and by one alone', () => {
  const parts = PARTS.filter((part) => part.kind === 'tests');
  for (const file of globSync(['{e2e,tests}/**/*.test.ts', 'packages/{agent,host}/src/**/*.test.ts']))
    assert.equal(parts.filter((part) => filesOf(part).includes(file)).length, 1, file);
});

test('the closing line is the one that CI reads', () => {
  const sum = add({ passed: 2, failed: 1, skipped: 0 }, { ...EMPTY, skipped: 3 });
  assert.equal(formatClosingLine(sum), '2 passed, 1 failed, 3 skipped');
});
