// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporal } from '../temporal.ts';
import { findWeekScheduleFaults } from './check.ts';
import type { WeekRange, WeekSchedule } from './types.ts';
import { isWithin, nextEdge } from './week.ts';

const week = (...ranges: readonly WeekRange[]): WeekSchedule => ({ kind: 'week', ranges });
const at = (text: string) => temporal.Instant.from(text);

function edges(schedule: WeekSchedule, after: string, zone: string, count: number): readonly string[] {
  const found: string[] = [];
  let moment = at(after);
  for (let index = 0; index < count; index++) {
    const edge = nextEdge(schedule, moment, zone);
    if (edge === null) break;
    found.push(`${edge.within ? 'on' : 'off'} ${edge.at.toString()}`);
    moment = edge.at;
  }
  return found;
}

describe("real-time's week", () => {
  it('RT-4a: always is on and has no edge', () => {
    assert.equal(isWithin({ kind: 'always' }, at('2027-01-01T00:00:00Z'), 'UTC'), true);
    assert.equal(nextEdge({ kind: 'always' }, at('2027-01-01T00:00:00Z'), 'UTC'), null);
  });

  it('RT-4b: a range is on from its first moment, and its end is not included', () => {
    const office = week({ day: 'monday', from: '08:00', to: '18:00' });
    for (const [moment, within] of [
      ['2027-01-04T07:59:59.999Z', false],
      ['2027-01-04T08:00:00Z', true],
      ['2027-01-04T17:59:59.999Z', true],
      ['2027-01-04T18:00:00Z', false],
      ['2027-01-05T12:00:00Z', false],
    ] as const)
      assert.equal(isWithin(office, at(moment), 'UTC'), within, moment);
    assert.deepEqual(edges(office, '2027-01-04T08:00:00Z', 'UTC', 3), [
      'off 2027-01-04T18:00:00Z',
      'on 2027-01-11T08:00:00Z',
      'off 2027-01-11T18:00:00Z',
    ]);
  });

  it('RT-4b: over midnight, and from Sunday into Monday', () => {
    const night = week({ day: 'sunday', from: '22:00', to: '06:00' });
    assert.deepEqual(edges(night, '2027-01-01T00:00:00Z', 'UTC', 2), [
      'on 2027-01-03T22:00:00Z',
      'off 2027-01-04T06:00:00Z',
    ]);
    assert.equal(isWithin(night, at('2027-01-04T05:59:00Z'), 'UTC'), true);
    assert.equal(isWithin(night, at('2027-01-03T05:59:00Z'), 'UTC'), false);
  });

  it('RT-4b: 24:00 ends the day, and touching ranges have no edge between them', () => {
    const days = week({ day: 'friday', from: '12:00', to: '24:00' }, { day: 'saturday', from: '00:00', to: '24:00' });
    assert.deepEqual(edges(days, '2027-01-01T00:00:00Z', 'UTC', 2), [
      'on 2027-01-01T12:00:00Z',
      'off 2027-01-03T00:00:00Z',
    ]);
  });

  it('RT-4b: ranges in any order, one inside another, are what they cover', () => {
    const days = week(
      { day: 'monday', from: '20:00', to: '21:00' },
      { day: 'monday', from: '08:00', to: '18:00' },
      { day: 'monday', from: '10:00', to: '12:00' },
    );
    assert.deepEqual(edges(days, '2027-01-04T00:00:00Z', 'UTC', 4), [
      'on 2027-01-04T08:00:00Z',
      'off 2027-01-04T18:00:00Z',
      'on 2027-01-04T20:00:00Z',
      'off 2027-01-04T21:00:00Z',
    ]);
  });

  it('RT-4b: seven whole days are always, without an edge', () => {
    const all = week(
      ...(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const).map((day) => ({
        day,
        from: '00:00',
        to: '24:00',
      })),
    );
    for (const zone of ['UTC', 'Europe/Berlin', 'Africa/Cairo']) {
      assert.equal(nextEdge(all, at('2027-03-27T00:00:00Z'), zone), null, zone);
      assert.equal(isWithin(all, at('2027-03-28T01:00:00Z'), zone), true, zone);
    }
  });

  it('RT-4c: an edge in a gap of the clock is the first minute after it; a range inside the gap is none that week', () => {
    const early = week({ day: 'sunday', from: '02:30', to: '04:00' });
    assert.deepEqual(edges(early, '2027-03-27T00:00:00Z', 'Europe/Berlin', 2), [
      'on 2027-03-28T01:00:00Z',
      'off 2027-03-28T02:00:00Z',
    ]);
    const inside = week({ day: 'sunday', from: '02:10', to: '02:50' });
    assert.deepEqual(edges(inside, '2027-03-27T00:00:00Z', 'Europe/Berlin', 1), ['on 2027-04-04T00:10:00Z']);
  });

  it('RT-4c: of a doubled hour both edges take the first, and the named zone wins', () => {
    const range = { day: 'sunday', from: '02:15', to: '02:45' } as const;
    assert.deepEqual(
      edges({ kind: 'week', ranges: [range], zone: 'Europe/Berlin' }, '2027-10-30T12:00:00Z', 'UTC', 3),
      ['on 2027-10-31T00:15:00Z', 'off 2027-10-31T00:45:00Z', 'on 2027-11-07T01:15:00Z'],
    );
  });

  it('RT-4b: what cannot be a week is refused with its pointer', () => {
    const codes = (schedule: WeekSchedule): readonly string[] =>
      findWeekScheduleFaults(schedule).map(({ code, path }) => `${code} ${path}`);
    assert.deepEqual(codes(week()), ['schedule.ranges /ranges']);
    assert.deepEqual(codes(week({ day: 'monday', from: '08:00', to: '08:00' })), ['schedule.ranges /ranges/0']);
    assert.deepEqual(codes(week({ day: 'monday', from: '24:00', to: '25:00' })), [
      'schedule.at /ranges/0/from',
      'schedule.at /ranges/0/to',
    ]);
    assert.deepEqual(codes({ kind: 'week', ranges: [{ day: 'monday', from: '00:00', to: '24:00' }], zone: 'X' }), [
      'schedule.zone /zone',
    ]);
    const many = week(...Array.from({ length: 201 }, () => ({ day: 'monday', from: '00:00', to: '24:00' }) as const));
    assert.deepEqual(codes(many), ['schedule.ranges /ranges']);
  });
});
