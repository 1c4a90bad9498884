// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporal } from '../temporal.ts';
import { firstDateFrom } from './dates.ts';
import type { Schedule } from './types.ts';

const SCHEDULES: readonly Exclude<Schedule, { kind: 'hourly' }>[] = [
  { kind: 'daily', at: '01:00', every: 'day' },
  { kind: 'daily', at: '01:00', every: 'weekday' },
  { kind: 'daily', at: '01:00', every: { days: 7, from: '2027-02-03' } },
  { kind: 'weekly', at: '01:00', days: ['tuesday', 'sunday'], everyWeeks: 3, from: '2027-01-07' },
  { kind: 'monthly', at: '01:00', on: { day: 31 } },
  { kind: 'monthly', at: '01:00', on: { weekday: 'friday', nth: 'last' } },
];

describe('firstDateFrom', () => {
  it('SC-2c, SC-3b, SC-4a, SC-4b: a date of the schedule is its own answer, and the day before has it too', () => {
    for (const schedule of SCHEDULES) {
      let date = temporal.PlainDate.from('2027-01-01');
      for (let step = 0; step < 40; step++) {
        date = firstDateFrom(schedule, date);
        assert.ok(firstDateFrom(schedule, date).equals(date), `${JSON.stringify(schedule)} ${date.toString()}`);
        const before = firstDateFrom(schedule, date.subtract({ days: 1 }));
        assert.ok(before.equals(date) || before.equals(date.subtract({ days: 1 })), date.toString());
        date = date.add({ days: 1 });
      }
    }
  });
});
