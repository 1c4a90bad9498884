// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storable } from './storable.ts';

test('what the database cannot hold is replaced wherever it stands, in names too; all else stays', () => {
  const given = {
    'a\0': ['x\0\0y', { b: '\ud800z', c: '😀' }, null],
    n: 7,
    t: true,
    u: undefined,
    z: null,
    e: [],
  };
  assert.deepEqual(storable(given), {
    'a\ufffd': ['x\ufffd\ufffdy', { b: '\ufffdz', c: '😀' }, null],
    n: 7,
    t: true,
    u: undefined,
    z: null,
    e: [],
  });
  assert.equal(storable('\0'), '\ufffd');
  assert.equal(storable(null), null);
  assert.equal(storable(7), 7);
});
