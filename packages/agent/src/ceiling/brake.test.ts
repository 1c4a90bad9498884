// SPDX-License-Identifier: Apache-2.0
// AC-14: the brake on a real state, over the restart of the agent.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { defaultCeiling, type Ceiling } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { openState, type StateDatabase } from '../state/index.ts';
import { openBrake, type Brake, type BrakeView } from './brake.ts';

const START = Date.parse('2026-11-30T10:00:00Z');
const HOUR = 3_600_000;
const CEILING: Ceiling = { ...defaultCeiling, brake: { perHourMax: 3, sharePercentMax: 50, shareFrom: 2 } };
const REALTIME = { id: 'realtime', lookedAt: null };

function bench(t: TestContext) {
  const path = join(temporaryDirectory(t), 'state.sqlite');
  const told: BrakeView[] = [];
  const clock = { nowMs: START };
  const open = (): { brake: Brake; database: StateDatabase } => {
    const database = openState(path);
    t.after(() => database.close());
    return {
      database,
      brake: openBrake(
        database,
        () => clock.nowMs,
        (view) => told.push(view),
      ),
    };
  };
  const remembered = (database: StateDatabase): readonly unknown[] =>
    database
      .prepare('SELECT runId FROM removals ORDER BY rowid')
      .all()
      .map(({ runId }) => runId);
  return { clock, told, open, remembered };
}

const take = (brake: Brake, times: number, run: Parameters<Brake['take']>[1] = REALTIME) =>
  Array.from({ length: times }, () => brake.take(CEILING, run));

test('AC-14c: so many files an hour are taken away, and no further one until a person lets go of it', (t) => {
  const { clock, told, open } = bench(t);
  const { brake } = open();
  assert.equal(brake.view(), null);
  const held = { reason: 'per-hour', sinceMs: START };
  assert.deepEqual(take(brake, 4), [null, null, null, held]);
  assert.deepEqual([brake.view(), told], [held, [held]]);
  clock.nowMs += 2 * HOUR;
  assert.deepEqual(take(brake, 2), [held, held], 'time does not let go of it');
  assert.deepEqual(told, [held], 'told once');
  brake.release();
  assert.equal(brake.view(), null);
  assert.deepEqual(take(brake, 3), [null, null, null], 'counting begins anew');
});

test('AC-14c: the hour goes with the clock, and the brake holds over a restart', (t) => {
  const { clock, open, told } = bench(t);
  const first = open();
  take(first.brake, 2);
  clock.nowMs += HOUR;
  assert.deepEqual(take(first.brake, 1), [null], 'three within an hour');
  assert.equal(take(open().brake, 1)[0]?.reason, 'per-hour', 'an hour ago is within it');
  const again = open().brake;
  assert.deepEqual(again.view(), { reason: 'per-hour', sinceMs: START + HOUR });
  assert.equal(told.length, 1);
  again.release();
  take(again, 3);
  clock.nowMs += HOUR + 1;
  assert.deepEqual(take(again, 3), [null, null, null]);
});

test('AC-14c: a run that takes away more than its share is held, by what it has looked at', (t) => {
  const { clock, open } = bench(t);
  const { brake } = open();
  const run = (lookedAt: number) => ({ id: 'r1', lookedAt });
  take(brake, 1, { id: 'r2', lookedAt: 1 });
  clock.nowMs += HOUR + 1;
  assert.deepEqual(take(brake, 2, run(2)), [null, null], 'from two on the share counts');
  assert.deepEqual(brake.take(CEILING, run(5)), null, 'two of five');
  clock.nowMs += HOUR + 1;
  assert.equal(brake.take(CEILING, run(6))?.reason, 'share', 'three of six, also after an hour');
});

test('what was not taken away after all is given back: the last one of its run', (t) => {
  const { open, remembered } = bench(t);
  const { brake, database } = open();
  take(brake, 2);
  brake.take(CEILING, { id: 'r1', lookedAt: 100 });
  brake.giveBack('realtime');
  brake.giveBack('of nobody');
  assert.deepEqual(remembered(database), ['realtime', 'r1']);
  assert.deepEqual(take(brake, 1), [null]);
});

test('what no hour and no run counts any more is forgotten', (t) => {
  const { clock, open, remembered } = bench(t);
  const { brake, database } = open();
  take(brake, 2);
  take(brake, 1, { id: 'r1', lookedAt: 100 });
  clock.nowMs += HOUR + 1;
  take(brake, 1, { id: 'r1', lookedAt: 100 });
  assert.deepEqual(remembered(database), ['r1', 'r1'], 'both of the run that goes on');
  clock.nowMs += HOUR;
  take(brake, 1);
  assert.deepEqual(remembered(database), ['r1', 'realtime'], 'and the one of this hour');
  clock.nowMs += HOUR + 1;
  take(brake, 1);
  assert.deepEqual(remembered(database), ['realtime'], 'real-time is no run');
});
