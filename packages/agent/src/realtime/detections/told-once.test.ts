// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { toldOnce } from './told-once.ts';

test('what is told again while it is at work, or after, is no second one; what was forgotten is new', () => {
  const told = toldOnce<string>(10);
  assert.deepEqual([told.begin('a'), told.begin('a'), told.begin('b')], ['new', 'at-work', 'new']);
  told.done('a');
  assert.deepEqual([told.begin('a'), told.begin('b')], ['done', 'at-work']);
  told.forget('b');
  assert.deepEqual([told.begin('b'), told.begin('b')], ['new', 'at-work']);
});

test('of those that are done the oldest is forgotten; none that is at work', () => {
  const told = toldOnce<number>(2);
  for (const key of [1, 2, 3]) told.begin(key);
  told.done(2);
  // What is at work takes no room of what is done.
  assert.deepEqual([told.begin(1), told.begin(3), told.begin(2)], ['at-work', 'at-work', 'done']);
  const order = toldOnce<number>(3);
  for (const key of [1, 2, 3]) order.begin(key);
  for (const key of [3, 1, 2]) order.done(key);
  assert.deepEqual(
    [3, 1, 2].map((key) => order.begin(key)),
    ['done', 'done', 'done'],
    'just as many as there may be',
  );
  order.begin(4);
  order.done(4);
  assert.deepEqual(
    [1, 2, 4, 3].map((key) => order.begin(key)),
    ['done', 'done', 'done', 'new'],
    '3 was done first',
  );
});

test('what was done and is forgotten is new; what is done once more is no longer the oldest', () => {
  const told = toldOnce<number>(2);
  told.done(1);
  told.forget(1);
  assert.equal(told.begin(1), 'new');
  for (const key of [1, 2, 1, 3]) told.done(key);
  assert.deepEqual(
    [1, 3, 2].map((key) => told.begin(key)),
    ['done', 'done', 'new'],
  );
});
