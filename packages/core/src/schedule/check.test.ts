// SPDX-License-Identifier: Apache-2.0
// What a fault of a schedule says to the person who wrote it, and that all of them are said at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import { findScheduleFaults, findWeekScheduleFaults } from './check.ts';
import type { Schedule } from './types.ts';

const lines = (faults: readonly Fault[]): readonly string[] =>
  faults.map(({ code, path, message }) => `${code} ${path}: ${message}`);
/** Any shape: what contract's schema would not let through is told, too, where it comes here. */
const faultsOf = (schedule: object, purpose: 'scan' | 'update' = 'scan'): readonly string[] =>
  lines(findScheduleFaults(schedule as Schedule, { purpose }));
const daily = { kind: 'daily', at: '01:00', every: 'day' };
const weekly = { kind: 'weekly', at: '01:00', days: ['monday'] };
const monthly = { kind: 'monthly', at: '01:00', on: { day: 1 } };

test('SC-2a, SC-5a, PF-1a: each fault of time, zone and purpose says what was written and what is allowed', () => {
  assert.deepEqual(faultsOf({ ...daily, at: '1:00' }), [
    'schedule.at /at: "1:00" is not a time of day. Write hh:mm from 00:00 to 23:59, with two digits each.',
  ]);
  assert.deepEqual(faultsOf({ ...daily, at: '24:00', zone: 'Mars/Base' }), [
    'schedule.at /at: "24:00" is not a time of day. Write hh:mm from 00:00 to 23:59, with two digits each.',
    'schedule.zone /zone: The time zone "Mars/Base" is not known. Use an IANA name such as Europe/Berlin.',
  ]);
  for (const at of ['x01:00', '01:00x', '24:30', '01:60', '1a:00'])
    assert.match(faultsOf({ ...daily, at })[0] ?? '', /^schedule\.at \/at: /, at);
  assert.deepEqual(faultsOf({ ...daily, at: '00:30' }), [
    'schedule.start_window /at: A scan cannot start at 00:30. Starts from 00:01 to 00:59 are not allowed; use 00:00, or 01:00 to 23:59.',
  ]);
  assert.deepEqual(
    lines(findScheduleFaults({ ...daily, at: '00:30' } as Schedule, { purpose: 'scan', startWindow: 'lifted' })),
    [],
  );
  assert.deepEqual(faultsOf({ kind: 'hourly', minute: 60 }), [
    'schedule.hourly_needs_update /kind: Only pattern updates can be hourly. A scan is daily, weekly or monthly.',
    'schedule.minute /minute: 60 is not allowed. Use a whole number from 0 to 59.',
  ]);
  for (const minute of [-1, 0.5, Number.NaN]) assert.equal(faultsOf({ kind: 'hourly', minute }, 'update').length, 1);
  for (const minute of [0, 59]) assert.deepEqual(faultsOf({ kind: 'hourly', minute }, 'update'), []);
});

test('SC-2c: an interval of days has its range and needs its start date', () => {
  const every = (days: number, from?: string) => faultsOf({ ...daily, every: { days, ...(from ? { from } : {}) } });
  assert.deepEqual(every(0, '2027-01-30'), [
    'schedule.days /every/days: 0 is not allowed. Use a whole number from 1 to 365.',
  ]);
  assert.deepEqual(every(366, '2027-01-30').length, 1);
  assert.deepEqual(every(365, '2027-01-30'), []);
  assert.deepEqual(every(1), []);
  assert.deepEqual(every(2), ['schedule.from_required /every/from: Every 2 needs a start date ("from").']);
  assert.deepEqual(every(2, '30.1.2027'), [
    'schedule.from /every/from: "30.1.2027" is not a date. Write it like 2027-01-30.',
  ]);
  assert.deepEqual(faultsOf({ ...daily, every: 'week' }), [
    'schedule.every /every: "week" is not known. Use "day", "weekday" or {"days", "from"}.',
  ]);
});

test('SC-3a, SC-3b, SC-3c: days of a week are named, known and named once; weeks have their range', () => {
  assert.deepEqual(faultsOf({ ...weekly, days: [] }), ['schedule.weekday /days: Name at least one day of the week.']);
  assert.deepEqual(faultsOf({ ...weekly, days: ['monday', 'moonday', 'monday'] }), [
    'schedule.weekday /days/1: "moonday" is not a day of the week. Use monday, tuesday, wednesday, thursday, friday, saturday, sunday.',
    'schedule.weekday /days/2: monday is named twice.',
  ]);
  assert.deepEqual(faultsOf({ ...weekly, everyWeeks: 53, from: '2027-01-30' }), [
    'schedule.weeks /everyWeeks: 53 is not allowed. Use a whole number from 1 to 52.',
  ]);
  assert.deepEqual(faultsOf({ ...weekly, everyWeeks: 52, from: '2027-01-30' }), []);
  assert.deepEqual(faultsOf({ ...weekly, everyWeeks: 2 }), [
    'schedule.from_required /from: Every 2 needs a start date ("from").',
  ]);
  assert.deepEqual(faultsOf({ ...weekly, at: '25:00', from: 'x' }).length, 2);
});

test('SC-4a, SC-4b, SC-4c: a month has a day, or a weekday with its place', () => {
  const on = (value: object) => faultsOf({ ...monthly, on: value });
  assert.deepEqual(on({ day: 32 }), [
    'schedule.day_of_month /on/day: 32 is not allowed. Use a whole number from 1 to 31.',
  ]);
  assert.deepEqual(on({ day: 31 }), []);
  const either = ['schedule.on /on: Set either "day", or "weekday" and "nth".'];
  assert.deepEqual(on({}), either);
  assert.deepEqual(on({ day: 1, nth: 1 }), either);
  assert.deepEqual(on({ day: 1, weekday: 'monday' }), either);
  const together = ['schedule.on /on: "weekday" and "nth" belong together.'];
  assert.deepEqual(on({ weekday: 'monday' }), together);
  assert.deepEqual(on({ nth: 1 }), together);
  assert.deepEqual(on({ weekday: 'moonday', nth: 5 }), [
    'schedule.weekday /on/weekday: "moonday" is not a day of the week. Use monday, tuesday, wednesday, thursday, friday, saturday, sunday.',
    'schedule.nth /on/nth: 5 is not allowed. Use 1, 2, 3, 4 or "last".',
  ]);
  for (const nth of [0, 1.5, '1']) assert.equal(on({ weekday: 'monday', nth }).length, 1, String(nth));
  for (const nth of [1, 4, 'last']) assert.deepEqual(on({ weekday: 'monday', nth }), []);
  assert.deepEqual(faultsOf({ ...monthly, at: '9:00' }).length, 1);
});

test('RT-4b: each fault of a week says which range it is of', () => {
  const week = (ranges: readonly object[]) => lines(findWeekScheduleFaults({ kind: 'week', ranges } as never));
  const day = { day: 'monday', from: '00:00', to: '24:00' };
  assert.deepEqual(lines(findWeekScheduleFaults({ kind: 'always' })), []);
  assert.deepEqual(week([]), [
    'schedule.ranges /ranges: A weekly schedule without a range would never scan. Switch real-time scan off instead.',
  ]);
  assert.deepEqual(week([day, { day: 'moonday', from: '24:00', to: '24:01' }, { ...day, to: '00:00' }]), [
    'schedule.weekday /ranges/1/day: "moonday" is not a day of the week. Use monday, tuesday, wednesday, thursday, friday, saturday, sunday.',
    'schedule.at /ranges/1/from: "24:00" is not a time from 00:00 to 23:59.',
    'schedule.at /ranges/1/to: "24:01" is not a time from 00:00 to 24:00.',
    'schedule.ranges /ranges/2: The range from 00:00 to 00:00 is empty. The whole day is 00:00 to 24:00.',
  ]);
  assert.deepEqual(week([{ day: 'monday', from: 'x', to: 'y' }]).length, 2);
  assert.deepEqual(week(Array.from({ length: 200 }, () => day)), []);
  const many = Array.from({ length: 202 }, (_, index) => (index === 201 ? { ...day, day: 'moonday' } : day));
  assert.deepEqual(week(many), ['schedule.ranges /ranges: At most 200 ranges are allowed, but 202 are set.']);
});
