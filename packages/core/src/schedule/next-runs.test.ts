// SPDX-License-Identifier: Apache-2.0
// The golden vectors of schedules (vectors/schedules.json). Their expected moments come from a third program, not from this code.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { temporal } from '../temporal.ts';
import { findScheduleFaults } from './check.ts';
import { nextRuns } from './next-runs.ts';
import type { Schedule, SchedulePurpose } from './types.ts';

interface RunVector {
  readonly claims: readonly string[];
  readonly name: string;
  readonly schedule: Schedule;
  readonly purpose: SchedulePurpose;
  readonly zone: string;
  readonly after: string;
  readonly next: readonly string[];
}

interface RefusedVector {
  readonly claims: readonly string[];
  readonly schedule: Schedule;
  readonly purpose: SchedulePurpose;
  readonly code: string;
  readonly path: string;
}

const file = new URL('../../../../vectors/schedules.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly runs: readonly RunVector[];
  readonly refused: readonly RefusedVector[];
};

function expectRuns(claim: string): void {
  const chosen = vectors.runs.filter(({ claims }) => claims.includes(claim));
  assert.ok(chosen.length > 0, `no vector for ${claim}`);
  for (const { name, schedule, purpose, zone, after, next } of chosen) {
    assert.deepEqual(findScheduleFaults(schedule, { purpose }), [], name);
    const options = { zone, after: temporal.Instant.from(after), count: next.length };
    const runs = nextRuns(schedule, options).map((run) => run.toString());
    assert.deepEqual(runs, next, name);
  }
}

function expectRefused(claim: string): void {
  const chosen = vectors.refused.filter(({ claims }) => claims.includes(claim));
  assert.ok(chosen.length > 0, `no refused vector for ${claim}`);
  for (const { schedule, purpose, code, path } of chosen) {
    const faults = findScheduleFaults(schedule, { purpose }).map((fault) => ({ code: fault.code, path: fault.path }));
    assert.deepEqual(faults, [{ code, path }], JSON.stringify(schedule));
  }
}

describe('golden vectors of schedules', () => {
  it('SC-2a: every day', () => {
    expectRuns('SC-2a');
    expectRefused('SC-2a');
  });
  it('SC-2b: weekdays', () => {
    expectRuns('SC-2b');
    expectRefused('SC-2b');
  });
  it('SC-2c: every X days, never reset by a month, a year or a leap day', () => {
    expectRuns('SC-2c');
    expectRefused('SC-2c');
  });
  it('SC-3a: Y-day of each week', () => {
    expectRuns('SC-3a');
    expectRefused('SC-3a');
  });
  it("SC-3b: Y-day of every X weeks, over 2026's week 53, never before its start date", () => {
    expectRuns('SC-3b');
    expectRefused('SC-3b');
  });
  it('SC-3c: several days of a week', () => {
    expectRuns('SC-3c');
    expectRefused('SC-3c');
  });
  it('SC-4a: the Xth of each month, or its last day', () => expectRuns('SC-4a'));
  it('SC-4b: first Monday and last Friday of May 2027, and others', () => {
    expectRuns('SC-4b');
    expectRefused('SC-4b');
  });
  it('SC-4c: 0, 32 and the 5th are refused', () => expectRefused('SC-4c'));
  it('SC-5a: 00:00 and 01:00 are taken; 00:01 to 00:59 are each refused with their code', () => {
    expectRuns('SC-5a');
    expectRefused('SC-5a');
    const minutes = vectors.refused
      .filter(({ code }) => code === 'schedule.start_window')
      .map(({ schedule }) => schedule);
    const times = new Set(minutes.map((schedule) => ('at' in schedule ? schedule.at : '')));
    assert.equal(times.size, 59);
    const [fault] = findScheduleFaults({ kind: 'daily', at: '00:30', every: 'day' }, { purpose: 'scan' });
    assert.match(fault?.message ?? '', /use 00:00, or 01:00 to 23:59/);
  });
  it('SC-5c: an update may be set into the window', () => expectRuns('PF-1b'));
  it('SC-7a: a time that does not exist is the first minute after the gap', () => {
    expectRuns('SC-7a');
    expectRefused('SC-7a');
  });
  it('SC-7b: a time that comes twice is once, the first', () => expectRuns('SC-7b'));
  it('PF-1a, PF-1b, PF-1c, PF-1d: pattern updates hourly, daily, weekly, monthly', () => {
    for (const claim of ['PF-1a', 'PF-1b', 'PF-1c', 'PF-1d']) expectRuns(claim);
    expectRefused('PF-1a');
  });
});

describe('nextRuns', () => {
  const daily: Schedule = { kind: 'daily', at: '01:00', every: 'day' };

  it('a run far away costs no walk', () => {
    const far: Schedule = { kind: 'daily', at: '01:00', every: { days: 2, from: '9000-01-01' } };
    const after = temporal.Instant.from('2026-11-24T00:00:00Z');
    assert.deepEqual(nextRuns(far, { zone: 'UTC', after, count: 1 }).map(String), [
      '+009000-01-01T01:00:00Z'.replace('+00', ''),
    ]);
  });

  it('until ends the list, and is included', () => {
    const after = temporal.Instant.from('2026-11-24T00:00:00Z');
    const until = temporal.Instant.from('2026-11-25T01:00:00Z');
    assert.equal(nextRuns(daily, { zone: 'UTC', after, until, count: 100 }).length, 2);
  });

  it('PF-1a: fractions of a second after a run it is over, before it it is still to come', () => {
    const hourly: Schedule = { kind: 'hourly', minute: 5 };
    const next = (after: string): string =>
      String(nextRuns(hourly, { zone: 'UTC', after: temporal.Instant.from(after), count: 1 })[0]);
    assert.equal(next('2027-01-01T00:04:59.999999999Z'), '2027-01-01T00:05:00Z');
    assert.equal(next('2027-01-01T00:05:00.000000001Z'), '2027-01-01T01:05:00Z');
  });

  it('SC-7a: after a gap that ends within a minute, the first whole minute', () => {
    const after = temporal.Instant.from('1972-01-06T12:00:00Z');
    const halfPast: Schedule = { kind: 'daily', at: '00:30', every: 'day' };
    assert.deepEqual(nextRuns(halfPast, { zone: 'Africa/Monrovia', after, count: 2 }).map(String), [
      '1972-01-07T00:45:00Z',
      '1972-01-08T00:30:00Z',
    ]);
  });

  it('the ends of time are ends, not errors', () => {
    const last = temporal.Instant.fromEpochMilliseconds(8.64e15);
    assert.deepEqual(nextRuns(daily, { zone: 'UTC', after: last, count: 3 }), []);
    assert.deepEqual(nextRuns({ kind: 'hourly', minute: 5 }, { zone: 'Europe/Berlin', after: last, count: 3 }), []);
    const late = temporal.Instant.from('+274999-12-30T00:00:00Z');
    assert.equal(nextRuns(daily, { zone: 'UTC', after: late, count: 5 }).length, 2);
    const first = temporal.Instant.fromEpochMilliseconds(-8.64e15);
    assert.equal(nextRuns(daily, { zone: 'Europe/Berlin', after: first, count: 3 }).length, 3);
    assert.equal(nextRuns({ kind: 'hourly', minute: 5 }, { zone: 'Europe/Berlin', after: first, count: 3 }).length, 3);
  });
});
