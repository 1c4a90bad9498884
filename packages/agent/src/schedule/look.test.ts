// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { decideLook, type DutyRule, type Look } from './look.ts';

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const LOOK_AGAIN = 15 * SECOND;
const START = Date.parse('2027-03-01T02:00:00Z');
const DAILY: DutyRule = { schedule: { kind: 'daily', at: '02:00', every: 'day' }, missed: 'once', delayMs: 0 };
const NOTHING = { noteMs: null, due: null, wentBackFromMs: null, waitMs: LOOK_AGAIN };

/** Times in ms from the start of a daily scan. */
function lookAt(now: number, decided: number | null, rule: DutyRule | null = DAILY, more: Partial<Look> = {}) {
  const decidedMs = decided === null ? null : START + decided;
  const { noteMs, due, wentBackFromMs, waitMs } = decideLook({
    rule,
    nowMs: START + now,
    zone: 'UTC',
    decidedMs,
    ...more,
  });
  const fromStart = (ms: number | null) => (ms === null ? null : ms - START);
  const told = due === null ? null : `${due.kind} ${due.planned.toString()}`;
  return { noteMs: fromStart(noteMs), due: told, wentBackFromMs: fromStart(wentBackFromMs), waitMs };
}
const RUN = 'run 2027-03-01T02:00:00Z';

test('SC-2a: it is due at its minute, and not a moment before; the wait ends there', () => {
  assert.deepEqual(lookAt(-10 * SECOND, -MINUTE), { ...NOTHING, waitMs: 10 * SECOND });
  assert.deepEqual(lookAt(-1, -MINUTE), { ...NOTHING, waitMs: 1 });
  assert.deepEqual(lookAt(-MINUTE, -2 * MINUTE), NOTHING, 'a changed policy is noticed within 15 s');
  assert.deepEqual(lookAt(0, -MINUTE), { ...NOTHING, noteMs: 0, due: RUN });
  assert.deepEqual(lookAt(1, 0), NOTHING, 'once');
});

test('SC-8a, SC-8b: what was missed is made up, or skipped; a timer that is two minutes late has missed nothing', () => {
  const skipping: DutyRule = { ...DAILY, missed: 'skip' };
  assert.equal(lookAt(2 * MINUTE, -MINUTE, skipping).due, RUN);
  assert.equal(lookAt(2 * MINUTE + 1, -MINUTE, skipping).due, 'skip 2027-03-01T02:00:00Z');
  assert.equal(lookAt(HOUR, -MINUTE).due, RUN);
});

test('what comes due while it is off is not made up', () => {
  assert.deepEqual(lookAt(5, -HOUR, null), { ...NOTHING, noteMs: 5 });
  assert.deepEqual(lookAt(5, 30 * HOUR, null), { ...NOTHING, noteMs: 5 });
});

test('the first look makes up nothing, and is written down', () => {
  assert.deepEqual(lookAt(HOUR, null), { ...NOTHING, noteMs: HOUR });
});

test('where nothing is due, up to when that was decided is written down every ten minutes', () => {
  assert.equal(lookAt(HOUR + 10 * MINUTE - 1, HOUR).noteMs, null);
  assert.equal(lookAt(HOUR + 10 * MINUTE, HOUR).noteMs, HOUR + 10 * MINUTE);
});

test('SC-9a: a spread start is seen its delay later', () => {
  const spread: DutyRule = { ...DAILY, delayMs: HOUR };
  assert.equal(lookAt(HOUR - 1, -MINUTE, spread).due, null);
  assert.deepEqual(lookAt(HOUR, -MINUTE, spread), { ...NOTHING, noteMs: 0, due: RUN });
  assert.deepEqual(lookAt(HOUR, 1, spread), NOTHING, 'the delay grew after the start');
  assert.deepEqual(lookAt(2 * HOUR, null, spread), { ...NOTHING, noteMs: HOUR }, 'the first look is as late, too');
});

test('SC-8a: a clock that went back by up to an hour is waited out; one that stood further ahead was wrong', () => {
  assert.deepEqual(lookAt(0, HOUR), NOTHING);
  assert.deepEqual(lookAt(0, HOUR + 1), { ...NOTHING, noteMs: 0, wentBackFromMs: HOUR + 1, waitMs: 1 });
  assert.deepEqual(lookAt(-10 * SECOND, MINUTE), NOTHING, 'what is decided already is not waited for');
  assert.deepEqual(lookAt(-10 * SECOND, -10 * SECOND), { ...NOTHING, waitMs: 10 * SECOND }, 'it did not go back');
  const spread: DutyRule = { ...DAILY, delayMs: 2 * HOUR };
  assert.deepEqual(lookAt(0, HOUR, spread), NOTHING, 'how far it stood ahead has nothing to do with the delay');
  assert.deepEqual(lookAt(0, 2 * HOUR, spread), {
    ...NOTHING,
    noteMs: -2 * HOUR,
    wentBackFromMs: 2 * HOUR,
    waitMs: 1,
  });
});

test('the zone of the VM counts, and a schedule that never comes is looked at again', () => {
  assert.equal(lookAt(0, -MINUTE, DAILY, { zone: 'Asia/Tokyo' }).due, null);
  assert.equal(lookAt(15 * HOUR, -MINUTE, DAILY, { zone: 'Asia/Tokyo' }).due, 'run 2027-03-01T17:00:00Z');
  const last = Date.parse('+275000-06-01T00:00:00Z');
  assert.deepEqual(decideLook({ rule: DAILY, nowMs: last, zone: 'UTC', decidedMs: last - MINUTE }), NOTHING);
  assert.equal(
    decideLook({ rule: DAILY, nowMs: START - 0.4, zone: 'UTC', decidedMs: START - MINUTE }).due?.kind,
    'run',
  );
});
