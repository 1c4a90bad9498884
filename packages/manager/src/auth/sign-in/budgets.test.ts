// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsOf, codeBudgetsOf, sessionBudgetsOf } from './budgets.ts';

const [DEVICE, OTHER] = [Buffer.from('01', 'hex'), Buffer.from('02', 'hex')];
const keys = (budgets: readonly { readonly key: string }[]) => budgets.map(({ key }) => key);

test('strangers share one budget at an account, and have a smaller one at each address', () => {
  const from = (address: string, email = 'me@example.com') => budgetsOf(email, address, null);
  assert.deepEqual(
    from('192.0.2.1').map(({ max }) => max),
    [10, 100],
  );
  const [one, other] = [keys(from('192.0.2.1')), keys(from('192.0.2.2'))];
  assert.notEqual(one[0], other[0]);
  assert.equal(one[1], other[1]);
  const elsewhere = keys(from('192.0.2.1', 'you@example.com'));
  assert.ok(elsewhere.every((key) => !one.includes(key)));
  assert.deepEqual(keys(from('192.0.2.1', ' ME@example.com\t')), one, 'one account, however it is written');
});

test('a known browser has a budget of its own, at each account', () => {
  const known = budgetsOf('me@example.com', '192.0.2.1', DEVICE);
  assert.deepEqual(
    known.map(({ max }) => max),
    [10],
  );
  assert.deepEqual(keys(budgetsOf('ME@example.com', '192.0.2.9', DEVICE)), keys(known), 'wherever it is');
  const others = [
    ...budgetsOf('me@example.com', '192.0.2.1', null),
    ...budgetsOf('me@example.com', '192.0.2.1', OTHER),
    ...budgetsOf('you@example.com', '192.0.2.1', DEVICE),
  ];
  assert.ok(!keys(others).includes(keys(known)[0] ?? ''));
});

test('codes, and what is asked again of who is signed in, are counted apart', () => {
  const all = [
    ...codeBudgetsOf('u1', null),
    ...codeBudgetsOf('u1', DEVICE),
    ...codeBudgetsOf('u1', OTHER),
    ...codeBudgetsOf('u2', null),
    ...sessionBudgetsOf('u1'),
    ...sessionBudgetsOf('u2'),
  ];
  assert.equal(new Set(keys(all)).size, 6);
  assert.deepEqual(
    all.map(({ max }) => max),
    Array(6).fill(10),
  );
});
