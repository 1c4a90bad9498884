// SPDX-License-Identifier: Apache-2.0
// How a run of Stryker ends before its time. In place of Stryker stands a program that says who it is, and never ends by itself.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { runStryker } from './stryker.ts';

const NEVER_ENDS = `require('node:fs').writeFileSync('started', String(process.pid)); setInterval(() => {}, 1000);\n`;

function copyWithout(t: Parameters<typeof temporaryDirectory>[0]): string {
  const directory = temporaryDirectory(t);
  const bin = join(directory, 'node_modules/@stryker-mutator/core/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'stryker.js'), NEVER_ENDS);
  writeFileSync(join(directory, 'a.test.ts'), '');
  return directory;
}

const runIn = (directory: string, signal: AbortSignal) =>
  runStryker({ directory, mutate: ['a.ts'], tests: ['*.test.ts'], atOnce: 1, signal });

test('a run that is stopped rejects, so that no next one begins, and leaves no process', {
  timeout: 120_000,
}, async (t) => {
  const directory = copyWithout(t);
  const started = join(directory, 'started');
  const stop = new AbortController();
  const watcher = watch(directory, () => {
    if (existsSync(started) && readFileSync(started, 'utf8') !== '') stop.abort(new Error('SIGINT'));
  });
  t.after(() => watcher.close());
  await assert.rejects(runIn(directory, stop.signal), /SIGINT/);
  assert.throws(() => process.kill(Number(readFileSync(started, 'utf8')), 0), { code: 'ESRCH' });
});

test('once stopped, nothing is started', async (t) => {
  const directory = copyWithout(t);
  await assert.rejects(runIn(directory, AbortSignal.abort(new Error('SIGINT'))), /SIGINT/);
  assert.equal(existsSync(join(directory, 'started')), false);
});
