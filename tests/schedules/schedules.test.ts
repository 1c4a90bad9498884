// SPDX-License-Identifier: Apache-2.0
// Core against the oracle, 60,000 cases each time and 1,200,000 with LAZARET_FULL=1. A failure prints its seed and its case.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { isWithin, nextEdge, nextRuns, findScheduleFaults, temporal, type WeekSchedule } from '@lazaret/core';
import { FIRST_YEAR, LAST_YEAR, makeCase, makeRanges, randomNumbers, ZONES } from './cases.ts';
import { oracleNextEdge, oracleNextRuns, oracleWithin, segmentsOf } from './oracle.ts';

const FULL = process.env['LAZARET_FULL'] === '1';
const CASES = FULL ? 1_200_000 : 60_000;
const WEEKS = FULL ? 60_000 : 4_000;
const seed = Number(process.env['LAZARET_SEED'] ?? randomInt(1, 2 ** 31));

const segments = new Map(ZONES.map((zone) => [zone, segmentsOf(zone, FIRST_YEAR, LAST_YEAR)]));
// Cases begin in the years between, so that the oracle's table holds all their runs.
const changes = new Map(
  [...segments].map(([zone, list]) => {
    const moments = list.map(({ from }) => from);
    return [zone, moments.filter((from) => from > Date.UTC(2011, 5) && from < Date.UTC(2039, 0))] as const;
  }),
);

function segmentsFor(zone: string) {
  const list = segments.get(zone);
  assert.ok(list);
  return list;
}

describe(`schedules against an independent oracle (seed ${seed})`, () => {
  it(`SC-2a, SC-2b, SC-2c, SC-3a, SC-3b, SC-3c, SC-4a, SC-4b, SC-7a, SC-7b, PF-1a, PF-1b, PF-1c, PF-1d: ${CASES} generated cases agree`, () => {
    const random = randomNumbers(seed);
    const kinds: Record<string, number> = {};
    for (let index = 0; index < CASES; index++) {
      const { schedule, zone, after } = makeCase(random, changes);
      assert.deepEqual(findScheduleFaults(schedule, { purpose: 'update' }), []);
      const count = 1 + random(3);
      const expected = oracleNextRuns(schedule, segmentsFor(zone), after, count);
      const instant = temporal.Instant.fromEpochMilliseconds(after);
      const runs = nextRuns(schedule, { zone, after: instant, count }).map((run) => run.epochMilliseconds);
      if (runs.length !== expected.length || runs.some((run, place) => run !== expected[place])) {
        assert.deepEqual(
          runs.map(iso),
          expected.map(iso),
          JSON.stringify({ seed, index, schedule, zone, after: iso(after) }),
        );
      }
      kinds[schedule.kind] = (kinds[schedule.kind] ?? 0) + 1;
    }
    console.log(`seed ${seed}, ${CASES} cases: ${JSON.stringify(kinds)}`);
  });

  it(`RT-4b, RT-4c: ${WEEKS} generated weeks agree on now and on the next edge`, () => {
    const random = randomNumbers(seed + 1);
    for (let index = 0; index < WEEKS; index++) {
      const { zone, after } = makeCase(random, changes);
      const week: WeekSchedule = { kind: 'week', ranges: makeRanges(random), zone };
      const instant = temporal.Instant.fromEpochMilliseconds(after);
      const context = JSON.stringify({ seed, index, week, after: iso(after) });
      assert.equal(isWithin(week, instant, 'UTC'), oracleWithin(week.ranges, segmentsFor(zone), after), context);
      const edge = nextEdge(week, instant, 'UTC');
      const expected = oracleNextEdge(week.ranges, segmentsFor(zone), after);
      const found = edge === null ? null : { at: edge.at.epochMilliseconds, within: edge.within };
      assert.deepEqual(found, expected, context);
    }
  });
});

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
