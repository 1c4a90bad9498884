// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LOAD_PERCENT, type ScanLoad } from '@lazaret/core';
import { jobsAtOnce, pacing } from './pacing.ts';

/** A clock whose sleeps pass at once, in its own time. */
function jumpingClock(): {
  nowMs(): number;
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  pass(ms: number): void;
} {
  let now = 0;
  return {
    nowMs: () => now,
    monotonicMs: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    pass: (ms) => {
      now += ms;
    },
  };
}

/** What was used since the meter was asked last is not known yet. */
const METER_MS = 5;

test('SC-9b: over a whole run no more than the share of all cores is used, and no longer is waited than the share demands, whatever the sizes of the files', async () => {
  const load = fc.constantFrom<ScanLoad>('low', 'medium');
  await fc.assert(
    fc.asyncProperty(
      load,
      fc.integer({ min: 1, max: 16 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 20, maxLength: 60 }),
      async (kind, cores, costs) => {
        const clock = jumpingClock();
        let used = 0;
        const pace = pacing(kind, cores, clock, () => used);
        for (const cost of costs) {
          await pace.allowance();
          clock.pass(cost);
          used += cost;
        }
        await pace.allowance();
        // One core at work is the least; each wait is a whole number of ms, and one more where a rounding left a trace of debt.
        const longestMs = Math.max(used, used / (cores * (LOAD_PERCENT[kind] / 100))) + 2;
        assert.ok(clock.monotonicMs() <= longestMs, `${clock.monotonicMs()} ms for ${used} ms of work`);
        assert.ok(
          used <= clock.monotonicMs() * cores * (LOAD_PERCENT[kind] / 100) + METER_MS,
          `${used} ms in ${clock.monotonicMs()} ms`,
        );
      },
    ),
  );
});

test('SC-9b: a high load is never held, and its meter never asked', async () => {
  const clock = jumpingClock();
  let asked = 0;
  const pace = pacing('high', 2, clock, () => (asked += 1));
  clock.pass(1_000);
  await pace.allowance();
  assert.deepEqual([clock.monotonicMs(), asked], [1_000, 0]);
});

test('SC-9b: the meter is asked every five milliseconds at most', async () => {
  const clock = jumpingClock();
  let asked = 0;
  const pace = pacing('low', 1, clock, () => {
    asked += 1;
    return 0;
  });
  for (const [passedMs, times] of [
    [4, 1],
    [1, 2],
    [4, 2],
    [1, 3],
  ] as const) {
    clock.pass(passedMs);
    await pace.allowance();
    assert.equal(asked, times);
  }
});

test('SC-9b: idle time is saved up for a quarter of a second of the share, and debt is waited off, rounded up', async () => {
  for (const [load, cores, workMs, waitedMs] of [
    ['low', 1, 800.1, 3_751],
    ['low', 4, 1_000.1, 1_001],
    ['medium', 16, 10_000.1, 1_001],
  ] as const) {
    const clock = jumpingClock();
    let used = 0;
    const pace = pacing(load, cores, clock, () => used);
    clock.pass(60_000);
    await pace.allowance();
    const before = clock.monotonicMs();
    used = workMs;
    clock.pass(5);
    await pace.allowance();
    assert.equal(clock.monotonicMs() - before, waitedMs, `${cores} cores`);
  }
});

test('SC-9b: with less than all of the machine one job is at work at a time', () => {
  assert.deepEqual(
    (['low', 'medium', 'high'] as const).map((load) => jobsAtOnce(load, 2)),
    [1, 1, 32],
  );
});
