// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_WISH, restoreOrder, type Wish } from './restore-order.ts';

const ENTRIES = [
  { vmId: 'a', entry: '1', vmName: 'web', path: '/x' },
  { vmId: 'b', entry: '2', vmName: 'db', path: '/y' },
];
const entries = [
  { vmId: 'a', entry: '1' },
  { vmId: 'b', entry: '2' },
];
const order = (wish: Partial<Wish> = {}) => restoreOrder(ENTRIES, { ...FIRST_WISH, ...wish });

test('at first each file goes back to where it was, without an exception, and nothing is filled in', () => {
  assert.deepEqual(FIRST_WISH, { place: 'old', directory: '', exception: 'none', reason: '', until: '' });
  assert.deepEqual(order(), { entries });
});

test('a directory counts only where another place is wished for, and reason and day only with an exception', () => {
  assert.deepEqual(order({ directory: '/srv', reason: 'R', until: '2027-01-01' }), { entries });
  assert.deepEqual(order({ place: 'other', directory: '/srv' }), { entries, directory: '/srv' });
});

test('an exception by content has its reason, and ends at a day or never', () => {
  const wish = { exception: 'sha256', reason: 'false alarm' } as const;
  assert.deepEqual(order(wish), { entries, exception: { reason: 'false alarm', expires: null } });
  const expires = '2027-01-01T00:00:00.000Z';
  assert.deepEqual(order({ ...wish, until: '2027-01-01' }).exception, { reason: 'false alarm', expires });
});
