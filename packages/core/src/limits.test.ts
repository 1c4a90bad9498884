// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findRangeFaults, LOAD_PERCENT, LOAD_PERCENT_MIN } from './limits.ts';

describe('limits', () => {
  it('LM-6c: ranges hold at both ends', () => {
    const range = { min: 1, max: 30 };
    for (const value of [1, 30]) assert.deepEqual(findRangeFaults(value, range, '/x'), []);
    for (const value of [0, 31, 1.5, Number.NaN, Infinity])
      assert.equal(findRangeFaults(value, range, '/x')[0]?.code, 'limits.out_of_range');
  });

  it('LM-6c: what is out of its range is told with the range', () => {
    assert.deepEqual(findRangeFaults(31, { min: 1, max: 30 }, '/x'), [
      { code: 'limits.out_of_range', path: '/x', message: '31 is not allowed. Use a whole number from 1 to 30.' },
    ]);
  });

  it('SC-9b: low, medium, high are 20, 50 and 100 % of all cores, and none is under 5 %', () => {
    assert.deepEqual(LOAD_PERCENT, { low: 20, medium: 50, high: 100 });
    for (const percent of Object.values(LOAD_PERCENT)) assert.ok(percent >= LOAD_PERCENT_MIN);
  });
});
