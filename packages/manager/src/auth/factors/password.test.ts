// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from './password.ts';

const TURN = { key: 'test', known: false };
/** Cheap: what is tested is not how dear it is. */
const COST = { memoryKiB: 64, passes: 1 };

test('a password fits its own hash and no other, and each hash has a salt of its own', async () => {
  const stored = await hashPassword(TURN, 'hunter2hunter2', COST);
  assert.match(stored, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}==\$[\w+/]{43}=$/);
  assert.equal(await verifyPassword(TURN, 'hunter2hunter2', stored), true);
  assert.equal(await verifyPassword(TURN, 'hunter2hunter3', stored), false);
  assert.equal(await verifyPassword(TURN, '', stored), false);
  assert.notEqual(await hashPassword(TURN, 'hunter2hunter2', COST), stored);
});

test('an old hash of another cost still fits; the usual cost is what OWASP asks for, and more', async () => {
  const dearer = await hashPassword(TURN, 'hunter2hunter2', { memoryKiB: 128, passes: 12 });
  assert.match(dearer, /\$m=128,t=12,p=1\$/);
  assert.equal(await verifyPassword(TURN, 'hunter2hunter2', dearer), true);
  assert.match(await hashPassword(TURN, 'hunter2hunter2'), /\$m=32768,t=3,p=1\$/);
});

test('however its letters are put together, it is the same password', async () => {
  const stored = await hashPassword(TURN, 'pa\u00dfw\u00f6rd-\ufb01ne', COST);
  assert.equal(await verifyPassword(TURN, 'pa\u00dfwo\u0308rd-fine', stored), true);
});

test('without a hash, or with one that is none, nothing is right', async () => {
  const stored = await hashPassword(TURN, 'hunter2hunter2', COST);
  for (const none of [null, '', 'x', `x${stored}`, `${stored}\n$x`, stored.replace('argon2id', 'argon2i')])
    assert.equal(await verifyPassword(TURN, 'hunter2hunter2', none), false, String(none));
});

test('of one place a few wait at a time, and the next one is told to come again', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => hashPassword(TURN, 'hunter2hunter2', COST)));
  const refused = asked.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as { code: string; message: string }] : [],
  );
  assert.deepEqual(
    refused.map(({ code, message }) => [code, message]),
    Array.from({ length: 2 }, () => ['auth.busy', 'Too many users are signing in at the same time.']),
    'two are worked out, four wait',
  );
});
