// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '@lazaret/core';
import { planRuns } from './plan-runs.ts';

const NOW = Date.parse('2027-03-26T12:00:00Z');
const shown = (schedule: Schedule, vmZone: string): readonly string[] =>
  planRuns(schedule, vmZone, NOW).map(({ iso, moved }) => `${iso}${moved ? ' moved' : ''}`);

test('SC-7c: the next five runs say where daylight saving moves one (Berlin 02:30 → 03:00)', () => {
  assert.deepEqual(shown({ kind: 'daily', at: '02:30', every: 'day' }, 'Europe/Berlin'), [
    '2027-03-27T01:30:00Z',
    '2027-03-28T01:00:00Z moved',
    '2027-03-29T00:30:00Z',
    '2027-03-30T00:30:00Z',
    '2027-03-31T00:30:00Z',
  ]);
});

test('a schedule with a zone of its own is planned in that, whatever the zone of the VM', () => {
  const [first] = shown({ kind: 'daily', at: '09:00', every: 'day', zone: 'Asia/Tokyo' }, 'Europe/Berlin');
  assert.equal(first, '2027-03-27T00:00:00Z');
});

test('what runs by the hour has no time of day that could move', () => {
  assert.deepEqual(shown({ kind: 'hourly', minute: 5 }, 'Europe/Berlin').slice(0, 2), [
    '2027-03-26T12:05:00Z',
    '2027-03-26T13:05:00Z',
  ]);
});
