// SPDX-License-Identifier: Apache-2.0
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { manualClock, temporaryDirectory, type ManualClock } from '@lazaret/testkit';
import { openState, type StateDatabase } from '../state/index.ts';
import { watchSchedule, type DutyRule } from './index.ts';

const HOUR = 3_600_000;
const START = Date.parse('2027-03-01T00:00:00Z');
const DAILY: DutyRule = { schedule: { kind: 'daily', at: '02:00', every: 'day' }, missed: 'once', delayMs: 0 };

interface Watch {
  readonly clock: ManualClock;
  readonly told: string[];
  /** Told when the clock was found far behind what had been decided. */
  readonly resets: string[];
  stop(): Promise<void>;
}

function watch(t: TestContext, database: StateDatabase, startMs: number, rule: DutyRule | null): Watch {
  const clock = manualClock(startMs);
  const told: string[] = [];
  const resets: string[] = [];
  const abort = new AbortController();
  const duty = {
    purpose: 'scan',
    rule: () => rule,
    due: (decision: { kind: string; planned: { toString(): string } }) => {
      told.push(`${decision.kind} ${decision.planned.toString()} at ${new Date(clock.nowMs()).toISOString()}`);
    },
    clockWentBack: (decidedMs: number, nowMs: number) => {
      resets.push(`${new Date(decidedMs).toISOString()} → ${new Date(nowMs).toISOString()}`);
    },
  };
  const done = watchSchedule(duty, { database, clock, zone: () => 'UTC' }, abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await done;
  };
  t.after(stop);
  return { clock, told, resets, stop };
}

function state(t: TestContext): StateDatabase {
  const database = openState(join(temporaryDirectory(t), 'state.sqlite'));
  t.after(() => database.close());
  return database;
}

test('SC-2a: a daily scan starts at its minute, each day once', async (t) => {
  const { clock, told } = watch(t, state(t), START + HOUR, DAILY);
  await clock.advance(26 * HOUR);
  assert.deepEqual(told, [
    'run 2027-03-01T02:00:00Z at 2027-03-01T02:00:00.000Z',
    'run 2027-03-02T02:00:00Z at 2027-03-02T02:00:00.000Z',
  ]);
});

test('SC-8a, SC-8b: what came due while the VM was off is made up once, or skipped, as the policy says', async (t) => {
  for (const missed of ['once', 'skip'] as const) {
    const database = state(t);
    const before = watch(t, database, START, { ...DAILY, missed });
    await before.clock.advance(HOUR);
    await before.stop();
    const after = watch(t, database, START + 80 * HOUR, { ...DAILY, missed });
    await after.clock.advance(HOUR);
    const word = missed === 'once' ? 'run' : 'skip';
    assert.deepEqual(after.told, [`${word} 2027-03-04T02:00:00Z at 2027-03-04T08:00:00.000Z`]);
  }
});

test('a first start makes up nothing: there was no VM of ours before', async (t) => {
  const { clock, told } = watch(t, state(t), START + 10 * HOUR, DAILY);
  await clock.advance(HOUR);
  assert.deepEqual(told, []);
});

test('SC-9a: a spread start comes its delay later, also when the agent restarts in between', async (t) => {
  const database = state(t);
  const rule = { ...DAILY, delayMs: HOUR / 2 };
  const before = watch(t, database, START, rule);
  await before.clock.advance(2 * HOUR + HOUR / 4);
  assert.deepEqual(before.told, []);
  await before.stop();
  const after = watch(t, database, START + 2 * HOUR + HOUR / 3, rule);
  await after.clock.advance(HOUR);
  assert.deepEqual(after.told, ['run 2027-03-01T02:00:00Z at 2027-03-01T02:30:00.000Z']);
});

test('SC-5c: real starts are free of the refused window: a scan of midnight that is spread starts in it', async (t) => {
  const midnight: DutyRule = {
    schedule: { kind: 'daily', at: '00:00', every: 'day' },
    missed: 'once',
    delayMs: HOUR / 2,
  };
  const { clock, told } = watch(t, state(t), START - HOUR, midnight);
  await clock.advance(2 * HOUR);
  assert.deepEqual(told, ['run 2027-03-01T00:00:00Z at 2027-03-01T00:30:00.000Z']);
});

test('what came due while the duty was switched off is not made up', async (t) => {
  const database = state(t);
  const off = watch(t, database, START, null);
  await off.clock.advance(10 * HOUR);
  await off.stop();
  const on = watch(t, database, START + 10 * HOUR, DAILY);
  await on.clock.advance(HOUR);
  assert.deepEqual(on.told, []);
});

test('SC-8a: a clock that stood days ahead and was put back stops nothing: the next run comes at its time, and the jump is told', async (t) => {
  const database = state(t);
  const before = watch(t, database, START, DAILY);
  await before.clock.advance(HOUR);
  await before.stop();
  const ahead = watch(t, database, START + 240 * HOUR, DAILY);
  await ahead.clock.advance(HOUR / 2);
  assert.equal(ahead.told.length, 1, 'made up once, by the clock as it stands');
  await ahead.stop();
  const back = watch(t, database, START + 2 * HOUR + HOUR / 2, DAILY);
  await back.clock.advance(24 * HOUR);
  assert.deepEqual(back.told, ['run 2027-03-02T02:00:00Z at 2027-03-02T02:00:00.000Z']);
  assert.equal(back.resets.length, 1);
  assert.match(back.resets[0] ?? '', /^2027-03-11T00:.* → 2027-03-01T02:30:00\.000Z$/);
});

test('a clock that is set back by less than an hour starts nothing twice', async (t) => {
  const database = state(t);
  const before = watch(t, database, START, DAILY);
  await before.clock.advance(2 * HOUR + 1_000);
  assert.equal(before.told.length, 1);
  await before.stop();
  const back = watch(t, database, START + HOUR + HOUR / 2, DAILY);
  await back.clock.advance(26 * HOUR);
  assert.deepEqual(back.told, ['run 2027-03-02T02:00:00Z at 2027-03-02T02:00:00.000Z']);
  assert.deepEqual(back.resets, []);
});

test('a window of spread starts that grows after a start does not start it again', async (t) => {
  const database = state(t);
  const before = watch(t, database, START, DAILY);
  await before.clock.advance(2 * HOUR + HOUR / 4);
  assert.equal(before.told.length, 1);
  await before.stop();
  const after = watch(t, database, START + 2 * HOUR + HOUR / 4, { ...DAILY, delayMs: 4 * HOUR });
  await after.clock.advance(22 * HOUR);
  assert.deepEqual(after.told, []);
  await after.clock.advance(8 * HOUR);
  assert.deepEqual(after.told, ['run 2027-03-02T02:00:00Z at 2027-03-02T06:00:00.000Z']);
});
