// SPDX-License-Identifier: Apache-2.0
// A variable of a script that was not set arrives as an empty value. No command takes it: as a filter it would fit everything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';

const MAIN = join(import.meta.dirname, 'main.ts');

const EMPTY: readonly (readonly [named: string, argv: readonly string[]])[] = [
  ['--below', ['quarantine', 'restore', '--below', '']],
  ['--threat', ['quarantine', 'restore', '--dry-run', '--threat=']],
  ['--to', ['quarantine', 'restore', 'an-entry', '--to', '']],
  ['id', ['quarantine', 'delete', 'an-entry', '']],
  ['--vm', ['fleet', 'quarantine', 'list', '--vm', '']],
  ['--path', ['fleet', 'scan', 'start', '--kind', 'paths', '--path', '/srv', '']],
  ['--search', ['fleet', 'detections', 'list', '--search', '']],
];

for (const [named, argv] of EMPTY)
  test(`an empty value is refused before anything is done: lazaret ${argv.join(' ')}`, (t) => {
    const home = temporaryDirectory(t);
    const env = { ...process.env, LAZARET_STATE: home, LAZARET_RUN: home, XDG_CONFIG_HOME: home };
    const run = (...more: string[]) => spawnSync(process.execPath, [MAIN, ...argv, ...more], { env, encoding: 'utf8' });
    const people = run();
    assert.deepEqual([people.status, people.stdout], [2, '']);
    assert.match(people.stderr, /empty.*\(cli\.usage\)/s);
    assert.ok(people.stderr.includes(named), people.stderr);
    const { error } = JSON.parse(run('--json').stdout) as { error: { code: string } };
    assert.equal(error.code, 'cli.usage');
  });

test('`--below /` is no filter: it is refused as --all unsaid', (t) => {
  const home = temporaryDirectory(t);
  const env = { ...process.env, LAZARET_STATE: home, LAZARET_RUN: home, XDG_CONFIG_HOME: home };
  const ran = spawnSync(process.execPath, [MAIN, 'quarantine', 'restore', '--below', '/'], { env, encoding: 'utf8' });
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /--all.*\(cli\.usage\)/s);
});
