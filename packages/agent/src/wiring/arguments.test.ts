// SPDX-License-Identifier: Apache-2.0
// The programs themselves are asked: a slip must not meet a stack trace before it meets the check.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readLogLevel } from './arguments.ts';

const ROOT = join(import.meta.dirname, '../../../..');

test('an unknown option, a stray argument and an unknown log level are cli.usage, in agent and ./start', () => {
  for (const program of ['apps/agent/src/main.ts', 'apps/cli/src/start.ts']) {
    const cases = [
      { argv: ['--bogus'], level: 'info' },
      { argv: ['stray'], level: 'info' },
      { argv: [], level: 'loud' },
    ];
    for (const { argv, level } of cases) {
      const environment = { ...process.env, LAZARET_LOG_LEVEL: level, LAZARET_STATE: '/nonexistent/state' };
      const ran = spawnSync(process.execPath, [join(ROOT, program), ...argv], { env: environment, encoding: 'utf8' });
      const told = ran.stdout + ran.stderr;
      assert.equal(ran.status, 2, `${program} ${argv.join(' ')} ${told}`);
      assert.match(told, /cli\.usage/);
      assert.doesNotMatch(told, /\n {4}at /);
    }
  }
});

test('the log level is the one that is set, else the fallback', () => {
  assert.equal(readLogLevel('debug', 'info'), 'debug');
  assert.equal(readLogLevel(undefined, 'warn'), 'warn');
});
