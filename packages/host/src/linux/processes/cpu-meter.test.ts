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

const WORKER = `
  for (let n = 0; n < 3e8; n++);
  console.log('worked');
  for (const event of ['data', 'end']) process.stdin.on(event, () => process.exit());
`;

test('by the kernel: the time of a child that works is seen, and does not go when it has ended', async (t) => {
  // A scan process of its own, so that what this process uses counts once, and can be taken away.
  const parent = spawn('/bin/sh', ['-c', '"$0" -e "$1"; echo ended; read -r line', process.execPath, WORKER]);
  t.after(() => parent.kill('SIGKILL'));
  const begin = process.cpuUsage();
  const meter = cpuMeter(() => parent.pid ?? assert.fail());
  const ofOthersMs = (): number => {
    const usedMs = meter.usedMs();
    const { user, system } = process.cpuUsage(begin);
    return usedMs - (user + system) / 1_000;
  };
  assert.match(String(await once(parent.stdout, 'data')), /worked/);
  const worked = ofOthersMs();
  assert.ok(worked > 20, `${worked} ms`);
  const before = meter.usedMs();
  parent.stdin.write('\n');
  assert.match(String(await once(parent.stdout, 'data')), /ended/);
  assert.ok(meter.usedMs() >= before);
});
