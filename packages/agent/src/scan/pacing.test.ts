// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LOAD_PERCENT, type ScanLoad } from '@lazaret/core';
import { pacing } from './pacing.ts';

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

test('SC-9b: a high load is never held', async () => {
  const clock = jumpingClock();
  const pace = pacing('high', 2, clock, () => 1e9);
  await pace.allowance();
  assert.equal(clock.monotonicMs(), 0);
});
