// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sleepToBeat, type Clock } from './clock.ts';

function asked(monotonicMs: number, periodMs: number): number {
  let sleptMs = -1;
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => monotonicMs,
    sleep: async (ms) => {
      sleptMs = ms;
    },
  };
  void sleepToBeat(clock, periodMs);
  return sleptMs;
}

test('whoever looks again wakes at whole multiples of the period, and never twice for one beat', () => {
  assert.equal(asked(0, 2_000), 2_000);
  assert.equal(asked(2_000.4, 2_000), 2_000);
  assert.equal(asked(3_000, 2_000), 1_000);
  assert.equal(asked(3_499.5, 2_000), 501);
  assert.equal(asked(3_999.7, 2_000), 2_001, 'a timer that fired a moment early');
});
