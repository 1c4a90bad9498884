// SPDX-License-Identifier: Apache-2.0
// What ./start answers before its set-up, which takes minutes: so it is asked without anything that a set-up would need.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';

test('./start explains itself, and refuses what it does not know, before it sets anything up', (t) => {
  const directory = temporaryDirectory(t);
  copyFileSync(join(import.meta.dirname, '../start'), join(directory, 'start'));
  const run = (...argv: readonly string[]) =>
    spawnSync('bash', [join(directory, 'start'), ...argv], { encoding: 'utf8' });
  for (const help of ['--help', '-h']) {
    const { status, stdout } = run(help);
    assert.equal(status, 0);
    for (const option of ['--once', '--set-up']) assert.ok(stdout.includes(option), option);
  }
  for (const wrong of [['--wat'], ['--once', '--set-up'], ['scan']]) {
    const { status, stdout, stderr } = run(...wrong);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^start: .*\.\/start --help \(cli\.usage\)\n$/, wrong.join(' '));
  }
  // It is the set-up that ends a known one here: there is none.
  assert.match(run('--once').stderr, /tools\/setup\.sh/);
});
