// SPDX-License-Identifier: Apache-2.0
// Decisions of SC-8 and SC-9. That the agent keeps them is proved by the agent's own tests, which carry the claims.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporal } from '../temporal.ts';
import { decideDue, decideStart, MISSED_RUNS_MAX, spreadDelayMs } from './runs.ts';
import type { Schedule } from './types.ts';

const daily: Schedule = { kind: 'daily', at: '02:00', every: 'day' };

function due(schedule: Schedule, decided: string, now: string, missed: 'once' | 'skip') {
  const decision = decideDue(schedule, {
    zone: 'UTC',
    decided: temporal.Instant.from(decided),
    now: temporal.Instant.from(now),
    missed,
    toleranceMs: 60_000,
  });
  return decision.kind === 'none' ? decision : { ...decision, planned: decision.planned.toString() };
}

describe('decideDue', () => {
  it('nothing is due before the time, and a run on time is no missed one', () => {
    for (const missed of ['once', 'skip'] as const) {
      assert.deepEqual(due(daily, '2027-01-01T02:00:00Z', '2027-01-02T01:59:59Z', missed), { kind: 'none' });
      assert.deepEqual(due(daily, '2027-01-01T02:00:00Z', '2027-01-02T02:00:30Z', missed), {
        kind: 'run',
        planned: '2027-01-02T02:00:00Z',
        madeUp: false,
        skipped: 0,
      });
      const exactly = due(daily, '2027-01-01T02:00:00Z', '2027-01-02T02:01:00Z', missed);
      assert.deepEqual([exactly.kind, 'madeUp' in exactly && exactly.madeUp], ['run', false]);
    }
  });

  it('however many were missed, one is made up, and the others are counted', () => {
    assert.deepEqual(due(daily, '2027-01-01T02:00:00Z', '2027-01-05T09:00:00Z', 'once'), {
      kind: 'run',
      planned: '2027-01-05T02:00:00Z',
      madeUp: true,
      skipped: 3,
    });
  });

  it('or all are skipped and counted', () => {
    assert.deepEqual(due(daily, '2027-01-01T02:00:00Z', '2027-01-05T09:00:00Z', 'skip'), {
      kind: 'skip',
      planned: '2027-01-05T02:00:00Z',
      skipped: 4,
    });
  });

  it('years of absence cost no walk of years, and a clock set back is no run', () => {
    const hourly: Schedule = { kind: 'hourly', minute: 5 };
    const decision = due(hourly, '1990-01-01T00:00:00Z', '2027-01-05T09:00:00Z', 'once');
    assert.deepEqual(decision, {
      kind: 'run',
      planned: '2027-01-05T08:05:00Z',
      madeUp: true,
      skipped: MISSED_RUNS_MAX - 1,
    });
    assert.deepEqual(due(daily, '2027-01-05T09:00:00Z', '2027-01-01T02:00:00Z', 'once'), { kind: 'none' });
    const yearly: Schedule = { kind: 'daily', at: '02:00', every: { days: 365, from: '2020-01-01' } };
    assert.deepEqual(due(yearly, '2020-01-02T00:00:00Z', '2021-06-01T00:00:00Z', 'once'), {
      kind: 'run',
      planned: '2020-12-31T02:00:00Z',
      madeUp: true,
      skipped: 0,
    });
  });
});

describe('decideStart', () => {
  it('a scheduled run that meets any running one is skipped and recorded', () => {
    assert.equal(decideStart('scheduled', 'scheduled'), 'skip-and-record');
    assert.equal(decideStart('scheduled', 'manual'), 'skip-and-record');
    assert.equal(decideStart('scheduled', null), 'start');
  });

  it('a manual run goes first and the scheduled one waits', () => {
    assert.equal(decideStart('manual', 'scheduled'), 'pause-running-and-start');
    assert.equal(decideStart('manual', 'manual'), 'wait-for-running');
    assert.equal(decideStart('manual', null), 'start');
  });
});

describe('spreadDelayMs', () => {
  it('a VM has one delay inside the window, and many VMs spread evenly', () => {
    assert.equal(spreadDelayMs(0, 'vm'), 0);
    assert.equal(spreadDelayMs(30, 'vm-1'), spreadDelayMs(30, 'vm-1'));
    // Whoever was told when a VM starts is told the same by the next version.
    assert.deepEqual(
      ['vm-1', 'vm-2', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f'].map((seed) => spreadDelayMs(60, seed)),
      [946_000, 25_000, 1_432_000],
    );
    const quarters = [0, 0, 0, 0];
    for (let vm = 0; vm < 8_000; vm++) {
      const delayMs = spreadDelayMs(60, `vm-${vm}`);
      assert.ok(delayMs >= 0 && delayMs < 3_600_000 && delayMs % 1_000 === 0);
      const quarter = Math.floor(delayMs / 900_000);
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    for (const count of quarters) assert.ok(count > 1_800 && count < 2_200, quarters.join(' '));
  });
});
