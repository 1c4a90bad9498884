// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from './page.ts';

const KEY = z.tuple([z.string(), z.number()]);
const cursorOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor is the key of the last one that was shown, and nothing else is a cursor', () => {
  assert.deepEqual(decodeCursor(encodeCursor(['a\u00e9', 7]), KEY), ['a\u00e9', 7]);
  assert.equal(decodeCursor(undefined, KEY), null);
  for (const bound of [2_147_483_647, -2_147_483_647])
    assert.deepEqual(decodeCursor(cursorOf(['a', bound]), KEY), ['a', bound]);
  for (const made of [
    '',
    'x',
    '{}',
    cursorOf(['a']),
    cursorOf(['a', '7']),
    cursorOf({ a: 1 }),
    cursorOf(['a\0', 7]),
    cursorOf(['a', 2_147_483_648]),
    cursorOf(['a', -2_147_483_648]),
  ])
    assert.throws(() => decodeCursor(made, KEY), {
      code: 'api.invalid',
      message: 'This is not a cursor of this list.',
      where: '/cursor',
    });
  assert.deepEqual(decodeCursor(cursorOf(['9999999999', 7]), KEY), ['9999999999', 7], 'a text may be long');
  assert.deepEqual(decodeCursor(cursorOf({ a: 1 }), z.object({ a: z.number() })), { a: 1 });
});

test('a page shows as many as were asked for, and leads on only where there are more', () => {
  const page = (rows: readonly number[], limit: number) =>
    toPage(
      rows,
      9,
      limit,
      (row) => `item ${row}`,
      (row) => [row],
    );
  assert.deepEqual(page([1, 2, 3], 2), { items: ['item 1', 'item 2'], next: encodeCursor([2]), total: 9 });
  assert.equal(page([1, 2, 3, 4], 3).next, encodeCursor([3]));
  assert.deepEqual(page([1, 2], 2), { items: ['item 1', 'item 2'], next: null, total: 9 });
  assert.deepEqual(page([1], 0), { items: [], next: null, total: 9 });
  assert.deepEqual(page([], 2), { items: [], next: null, total: 9 });
});
