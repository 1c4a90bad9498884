// SPDX-License-Identifier: Apache-2.0
// For tests that hold the product to a time: how long this machine, which others use too, keeps a process from running that was to run. Owns a thread.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Sleeps for a moment again and again, and keeps by how much it woke too late at worst. */
const METER = `
const { parentPort, workerData } = require('node:worker_threads');
const [longest, never] = [new Float64Array(workerData), new Int32Array(new SharedArrayBuffer(4))];
const LOOK_MS = 5;
parentPort.postMessage('measures');
for (;;) {
  const before = performance.now();
  Atomics.wait(never, 0, 0, LOOK_MS);
  longest[0] = Math.max(longest[0], performance.now() - before - LOOK_MS);
}`;

/** Runs `work`; tells, in ms, by how much a process beside it was woken too late at worst. */
export async function beside<T>(work: () => Promise<T>): Promise<{ readonly did: T; readonly stalledMs: number }> {
  const longest = new SharedArrayBuffer(8);
  const meter = new Worker(METER, { eval: true, workerData: longest });
  try {
    await once(meter, 'message');
    const did = await work();
    return { did, stalledMs: new Float64Array(longest)[0] ?? 0 };
  } finally {
    await meter.terminate();
  }
}
