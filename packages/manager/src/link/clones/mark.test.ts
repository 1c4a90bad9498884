// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mark } from '@lazaret/contract';
import { fits, judgeMark, moveMark } from './mark.ts';

const mark = (count: number, lot = `lot ${count}`): Mark => ({ count, lot });
const known = { now: mark(5), saidAtMs: 7 };

test('both ends of a step are accepted: its answer may be lost', () => {
  assert.equal(fits(mark(5), { from: mark(5), to: mark(6) }), true);
  assert.equal(fits(mark(5), { from: mark(4), to: mark(5) }), true);
  assert.equal(fits(mark(5), { from: null, to: mark(5) }), true);
  for (const [from, to] of [
    [mark(4), mark(6)],
    [mark(5, 'other'), mark(6)],
    [mark(6), mark(5, 'other')],
    [mark(4, 'lot 5'), mark(6, 'lot 5')],
    [null, mark(6)],
  ] as const)
    assert.equal(fits(mark(5), { from, to }), false);
  assert.equal(fits(mark(5), null), false);
});

test('what is shown is judged by what is known: it goes on from there, it is old, it is from the future, or there is none', () => {
  assert.equal(judgeMark(undefined, null), 'fits', 'nobody has shown one yet');
  assert.equal(judgeMark(undefined, { from: mark(9), to: mark(10) }), 'fits');
  assert.equal(judgeMark(known, { from: mark(5), to: mark(6) }), 'fits');
  assert.equal(judgeMark(known, null), 'none');
  assert.equal(judgeMark(known, { from: null, to: mark(1) }), 'none');
  assert.equal(judgeMark(known, { from: mark(6), to: mark(7) }), 'ahead');
  assert.equal(judgeMark(known, { from: mark(5, 'other'), to: mark(6) }), 'behind', 'another one went on from it');
  assert.equal(judgeMark(known, { from: mark(4), to: mark(6) }), 'behind');
});

test('an accepted call moves the mark to where it goes; one without a mark moves nothing', () => {
  assert.deepEqual(moveMark({ from: mark(5), to: mark(6) }, 9), { mark: { now: mark(6), saidAtMs: 9 } });
  assert.deepEqual(moveMark(null, 9), {});
});
