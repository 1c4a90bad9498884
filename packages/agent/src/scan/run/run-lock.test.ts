// SPDX-License-Identifier: Apache-2.0
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { manualClock, temporaryDirectory } from '@lazaret/testkit';
import { tryRunLock, waitForRunLock } from './run-lock.ts';

const HOLDER = `
  import { tryRunLock } from ${JSON.stringify(join(import.meta.dirname, 'run-lock.ts'))};
  globalThis.lock = tryRunLock(process.argv[1]);
  process.stdout.write(globalThis.lock === null ? 'busy' : 'held');
  setInterval(() => {}, 1_000);
`;

async function hold(t: TestContext, path: string): Promise<{ readonly said: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  t.after(kill);
  return { said: said.toString(), kill };
}

test('of two processes one has the lock, and a killed one leaves none behind', async (t) => {
  const path = join(temporaryDirectory(t), 'run/lock');
  const first = await hold(t, path);
  assert.equal(first.said, 'held');
  assert.equal(tryRunLock(path), null);
  const second = await hold(t, path);
  assert.equal(second.said, 'busy');
  await second.kill();
  assert.equal(tryRunLock(path), null);
  await first.kill();
  const mine = tryRunLock(path);
  assert.ok(mine !== null);
  mine.release();
});

test('who waits is told once, gets the lock when it is free, and nothing when it is called off', async (t) => {
  const path = join(temporaryDirectory(t), 'lock');
  const clock = manualClock(0);
  const holder = await hold(t, path);
  let told = 0;
  const waiting = waitForRunLock(path, clock, () => told++);
  const abort = new AbortController();
  const givenUp = waitForRunLock(path, clock, () => {}, abort.signal);
  await clock.advance(1_000);
  assert.equal(told, 1);
  abort.abort();
  assert.equal(await givenUp, null);
  await holder.kill();
  await clock.advance(1_000);
  const lock = await waiting;
  assert.ok(lock !== null);
  lock.release();
});
