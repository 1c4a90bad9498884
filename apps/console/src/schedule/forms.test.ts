// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findScheduleFaults, type Schedule, type WeeklySchedule } from '@lazaret/core';
import { changeForm, withEveryWeeks, withZone } from './forms.ts';

const TODAY = '2026-11-25';
const DAILY: Schedule = { kind: 'daily', at: '23:15', every: 'day', zone: 'Asia/Tokyo' };
const kept = { at: '23:15', zone: 'Asia/Tokyo' };

test('a change of form keeps time and zone; its result has no fault', () => {
  assert.deepEqual(changeForm(DAILY, 'daily', TODAY), { kind: 'daily', every: 'day', ...kept });
  assert.deepEqual(changeForm(DAILY, 'weekly', TODAY), { kind: 'weekly', days: ['wednesday'], ...kept });
  assert.deepEqual(changeForm(DAILY, 'monthly', TODAY), { kind: 'monthly', on: { day: 1 }, ...kept });
  assert.deepEqual(changeForm(DAILY, 'hourly', TODAY), { kind: 'hourly', minute: 23 });
  for (const form of ['daily', 'weekly', 'monthly'] as const)
    assert.deepEqual(findScheduleFaults(changeForm(DAILY, form, TODAY), { purpose: 'scan' }), []);
});

test('what has no zone gets none; an hourly schedule has no time either, and gets one at night', () => {
  const bare = changeForm({ kind: 'daily', at: '03:00', every: 'day' }, 'monthly', TODAY);
  assert.deepEqual(bare, { kind: 'monthly', at: '03:00', on: { day: 1 } });
  assert.deepEqual(changeForm({ kind: 'hourly', minute: 7 }, 'daily', TODAY), {
    kind: 'daily',
    at: '02:00',
    every: 'day',
  });
});

test('a weekly schedule begins with the day that it is', () => {
  const days = Array.from({ length: 7 }, (_, at) => changeForm(DAILY, 'weekly', `2026-11-${22 + at}`));
  assert.deepEqual(
    days.flatMap((one) => (one.kind === 'weekly' ? one.days : [])),
    ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
  );
});

const WEEKLY: WeeklySchedule = { kind: 'weekly', at: '02:00', days: ['monday'] };

test('a zone is set, changed and taken away; nothing else changes', () => {
  const zoned = withZone(WEEKLY, 'Asia/Tokyo');
  assert.deepEqual(zoned, { ...WEEKLY, zone: 'Asia/Tokyo' });
  assert.deepEqual(withZone(zoned, 'UTC'), { ...WEEKLY, zone: 'UTC' });
  assert.ok(!('zone' in withZone(zoned, undefined)));
  assert.deepEqual(withZone(zoned, undefined), WEEKLY);
});

test('every X weeks counts from a day, which stays when X changes; every week needs none', () => {
  const every = withEveryWeeks(WEEKLY, 2, TODAY);
  assert.deepEqual(every, { ...WEEKLY, everyWeeks: 2, from: TODAY });
  assert.deepEqual(withEveryWeeks(every, 3, '2026-12-01'), { ...WEEKLY, everyWeeks: 3, from: TODAY });
  assert.deepEqual(withEveryWeeks(every, 1, TODAY), WEEKLY);
});
