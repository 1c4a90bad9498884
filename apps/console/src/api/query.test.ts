// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatQuery } from './query.ts';

test('a query is what is set, escaped; one of which nothing is set is none', () => {
  assert.equal(formatQuery({ q: 'a b&c=ä', limit: 0, on: false }), '?q=a+b%26c%3D%C3%A4&limit=0&on=false');
  assert.equal(formatQuery({ q: '', cursor: null, state: undefined, sort: 'name' }), '?sort=name');
  assert.deepEqual([formatQuery({}), formatQuery({ q: '', cursor: null })], ['', '']);
});
