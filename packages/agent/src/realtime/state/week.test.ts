// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { defaultPolicy, type WeekSchedule } from '@lazaret/core';
import { weekWatch, type WishFacts } from './week.ts';

const LOCAL: WeekSchedule = { kind: 'week', ranges: [{ day: 'wednesday', from: '09:00', to: '10:30' }] };
const WEEK: WeekSchedule = { ...LOCAL, zone: 'UTC' };

function factsAt(time: string, schedule: WeekSchedule = WEEK, hash = 'h1', enabled = true): WishFacts {
  const policy = { ...defaultPolicy, realtime: { ...defaultPolicy.realtime, enabled, schedule } };
  return { inForce: { policy, hash }, nowMs: Date.parse(time), zone: 'Asia/Tokyo' };
}

test('on and off at the edge itself, and how long until the next one', () => {
  const rows: readonly (readonly [time: string, wish: string, untilEdgeMs: number])[] = [
    ['2026-11-25T08:59:59.500Z', 'off-by-schedule', 500],
    ['2026-11-25T09:00:00.000Z', 'on', 90 * 60_000],
    ['2026-11-25T10:00:00.000Z', 'on', 30 * 60_000],
    ['2026-11-25T10:29:59.999Z', 'on', 1],
    ['2026-11-25T10:30:00.000Z', 'off-by-schedule', (7 * 24 - 1.5) * 3_600_000],
    // Also when the clock was put back.
    ['2026-11-25T09:30:00.000Z', 'on', 60 * 60_000],
    ['2026-11-25T08:00:00.000Z', 'off-by-schedule', 60 * 60_000],
  ];
  const week = weekWatch();
  for (const [time, wish, untilEdgeMs] of rows) {
    assert.deepEqual(week.now(factsAt(time)), { wish, untilEdgeMs }, time);
    assert.deepEqual(weekWatch().now(factsAt(time)), { wish, untilEdgeMs }, `${time}, asked for the first time`);
  }
});

test('another policy, or another zone, is asked anew; the switch comes before the week', () => {
  const week = weekWatch();
  const time = '2026-11-25T09:30:00.000Z';
  const wishOf = (facts: WishFacts) => week.now(facts).wish;
  assert.equal(wishOf(factsAt(time)), 'on');
  assert.equal(wishOf(factsAt(time, WEEK, 'h2', false)), 'off');
  assert.equal(wishOf(factsAt(time, LOCAL, 'h3')), 'off-by-schedule', 'in Tokyo it is 18:30');
  assert.equal(wishOf({ ...factsAt(time, LOCAL, 'h3'), zone: 'UTC' }), 'on');
  assert.equal(wishOf({ ...factsAt(time, LOCAL, 'h3'), zone: 'Asia/Tokyo' }), 'off-by-schedule');
});

test('the calendar is asked once between two edges', () => {
  const week = weekWatch();
  let asked = 0;
  const counted = (time: string): WishFacts => {
    const { inForce, ...rest } = factsAt(time);
    return {
      ...rest,
      inForce: {
        hash: inForce.hash,
        get policy() {
          asked++;
          return inForce.policy;
        },
      },
    };
  };
  week.now(counted('2026-11-25T09:00:00.000Z'));
  const once = asked;
  for (const time of ['09:00:00.000', '10:00:00.000', '10:29:59.999']) week.now(counted(`2026-11-25T${time}Z`));
  assert.equal(asked, once);
});

test('a week without an edge holds for ever', () => {
  assert.deepEqual(weekWatch().now(factsAt('2026-11-25T09:00:00.000Z', { kind: 'always' })), {
    wish: 'on',
    untilEdgeMs: Infinity,
  });
});
