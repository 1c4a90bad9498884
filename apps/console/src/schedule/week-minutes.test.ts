// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin, temporal, WEEKDAYS, type WeekRange } from '@lazaret/core';
import { dayAfter, fillOfHour, isOverMidnight, minutesOfRanges, rangesOfMinutes, withHour } from './week-minutes.ts';

const range = (day: WeekRange['day'], from: string, to: string): WeekRange => ({ day, from, to });

test('RT-4b: the grid and the list of a week are the same minutes', () => {
  const ranges = [
    range('saturday', '22:00', '06:00'),
    range('sunday', '23:30', '01:00'),
    range('monday', '08:15', '24:00'),
  ];
  const back = rangesOfMinutes(minutesOfRanges(ranges));
  assert.deepEqual(back, [
    range('monday', '00:00', '01:00'),
    range('monday', '08:15', '24:00'),
    range('saturday', '22:00', '24:00'),
    range('sunday', '00:00', '06:00'),
    range('sunday', '23:30', '24:00'),
  ]);
  for (let hour = 0; hour < 168; hour++) {
    const at = temporal.Instant.from('2026-11-23T00:10:00Z').add({ hours: hour });
    assert.equal(isWithin({ kind: 'week', ranges: back }, at, 'UTC'), isWithin({ kind: 'week', ranges }, at, 'UTC'));
  }
});

test('a range is its minutes, without the one at which it ends; ranges that meet are one', () => {
  const minutes = minutesOfRanges([range('tuesday', '00:01', '00:03')]);
  assert.deepEqual(
    [1_440, 1_441, 1_442, 1_443].map((minute) => minutes[minute]),
    [0, 1, 1, 0],
  );
  assert.equal(minutes.length, 10_080);
  const met = [range('monday', '01:00', '02:00'), range('monday', '02:00', '03:00'), range('monday', '02:30', '09:05')];
  assert.deepEqual(rangesOfMinutes(minutesOfRanges(met)), [range('monday', '01:00', '09:05')]);
  const apart = [range('monday', '00:00', '00:59'), range('monday', '23:00', '24:00')];
  assert.deepEqual(rangesOfMinutes(minutesOfRanges(apart)), apart);
});

test('what is no range, or none yet, has no minutes', () => {
  const none = [
    range('monday', '25:00', '26:00'),
    range('monday', '08:00', ''),
    range('monday', '', '08:00'),
    range('monday', '08:00', '08:00'),
    range('someday' as WeekRange['day'], '22:00', '06:00'),
  ];
  assert.deepEqual(rangesOfMinutes(minutesOfRanges(none)), []);
});

test('a range is over midnight where it ends before it begins', () => {
  assert.ok(isOverMidnight(range('monday', '22:00', '06:00')));
  for (const [from, to] of [
    ['06:00', '22:00'],
    ['06:00', '06:00'],
    ['22:00', '24:00'],
    ['x', '06:00'],
    ['06:00', 'x'],
  ] as const)
    assert.ok(!isOverMidnight(range('monday', from, to)), `${from} ${to}`);
  assert.deepEqual(WEEKDAYS.map(dayAfter), [...WEEKDAYS.slice(1), WEEKDAYS[0]]);
});

test('RT-4b: painting an hour switches exactly it', () => {
  const empty = minutesOfRanges([]);
  const painted = withHour(empty, 2, 9, true);
  assert.deepEqual(rangesOfMinutes(painted), [range('wednesday', '09:00', '10:00')]);
  assert.deepEqual(rangesOfMinutes(empty), [], 'of a copy');
  assert.deepEqual(rangesOfMinutes(withHour(painted, 2, 9, false)), []);
});

test('an hour is full with all its minutes, and partly with any', () => {
  const fill = (...ranges: readonly WeekRange[]) => fillOfHour(minutesOfRanges(ranges), 4, 9);
  assert.deepEqual(
    [fill(), fill(range('friday', '08:00', '09:00')), fill(range('friday', '10:00', '11:00'))],
    ['none', 'none', 'none'],
  );
  assert.equal(fill(range('friday', '09:00', '10:00')), 'all');
  for (const [from, to] of [
    ['09:15', '09:30'],
    ['09:00', '09:01'],
    ['09:01', '10:00'],
  ] as const)
    assert.equal(fill(range('friday', from, to)), 'some');
});
