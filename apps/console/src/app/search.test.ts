// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropEmpty, parseSearch } from './search.ts';

test('of an address texts are taken, with numbers and truths as texts, up to 512 characters; anything else is none', () => {
  const search = { q: 'web', limit: 7, on: false, list: ['a'], tree: { a: 1 }, none: null, not: undefined };
  assert.deepEqual(parseSearch(search), { q: 'web', limit: '7', on: 'false' });
  assert.deepEqual(parseSearch({ q: 'x'.repeat(513) }), { q: 'x'.repeat(512) });
  assert.deepEqual(parseSearch({}), {});
});

test('what is not set does not stand in the address', () => {
  assert.deepEqual(dropEmpty({ q: '', state: undefined, sort: '-name', tab: '0' }), { sort: '-name', tab: '0' });
});
