// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMeter } from './cpu-meter.ts';

/** Hours of every process, so that what this test uses itself is nothing beside them. */
const HOUR_MS = 3_600_000;
const hoursOf = (ms: number): number => Math.round(ms / HOUR_MS);

function fakes(onProcessor: Map<number, number>) {
  let listed = [...onProcessor.keys()].slice(1);
  const account = {
    childrenOf: () => listed,
    onProcessorMs: (pid: number) => {
      const hours = onProcessor.get(pid);
      return hours === undefined ? null : hours * HOUR_MS;
    },
    parentOf: (pid: number) => (onProcessor.has(pid) ? 1 : null),
  };
  return { account, list: (pids: readonly number[]) => (listed = [...pids]) };
}

test('a worker that the kernel leaves out of its list once is counted once', () => {
  const onProcessor = new Map([
    [1, 0],
    [2, 100],
    [3, 100],
  ]);
  const { account, list } = fakes(onProcessor);
  const meter = cpuMeter(() => 1, account);
  assert.equal(hoursOf(meter.usedMs()), 0);
  list([3]);
  onProcessor.set(2, 110);
  assert.equal(hoursOf(meter.usedMs()), 10);
  list([2, 3]);
  assert.equal(hoursOf(meter.usedMs()), 10);
});

test('what a worker used before it died stays counted, and its successor comes on top', () => {
  const onProcessor = new Map([
    [1, 0],
    [2, 100],
  ]);
  const { account, list } = fakes(onProcessor);
  const meter = cpuMeter(() => 1, account);
  onProcessor.set(2, 120);
  assert.equal(hoursOf(meter.usedMs()), 20);
  onProcessor.delete(2);
  onProcessor.set(4, 5);
  list([4]);
  assert.equal(hoursOf(meter.usedMs()), 25);
});

test('by the kernel: the time of a child that works is seen, and does not go when it has ended', async (t) => {
  const child = spawn(process.execPath, [
    '-e',
    'process.stdin.resume(); for (let n = 0; n < 3e8; n++); console.log(1)',
  ]);
  t.after(() => child.kill('SIGKILL'));
  const meter = cpuMeter(() => process.pid);
  await once(child.stdout, 'data');
  const worked = meter.usedMs();
  assert.ok(worked > 20, `${worked} ms`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(meter.usedMs() >= worked);
});
