// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimeOfDay } from './time-of-day.ts';

test('a time of day is two digits each; 24:00 is one where a range ends', () => {
  for (const [text, minutes] of [
    ['00:00', 0],
    ['00:09', 9],
    ['09:05', 545],
    ['23:59', 1_439],
  ] as const) {
    assert.equal(parseTimeOfDay(text), minutes);
  }
  for (const text of ['24:00', '9:05', '09:5', '12:60', ' 09:05', '09:050', ''])
    assert.equal(parseTimeOfDay(text), null);
  assert.equal(parseTimeOfDay('24:00', { midnightAsEnd: true }), 1_440);
});
