// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorsOf, isEnough, type Factors } from './shown-factors.ts';

const [ONE, OTHER] = [Buffer.from('one'), Buffer.from('other')];
const factors = (passwordHash: string | null, totpSealed: Buffer | null): Factors => ({ passwordHash, totpSealed });

test('an authenticator is asked for once it is confirmed, and not before', () => {
  const row = { password_hash: 'h', totp_sealed: ONE };
  assert.deepEqual(factorsOf({ ...row, totp_enabled_at: null }), factors('h', null));
  assert.deepEqual(factorsOf({ ...row, totp_enabled_at: new Date(0) }), factors('h', ONE));
  assert.deepEqual(factorsOf({ password_hash: null, totp_sealed: null, totp_enabled_at: null }), factors(null, null));
});

test('what was shown is enough as long as the account asks for the very same', () => {
  assert.equal(isEnough(factors('h', null), factors('h', null)), true);
  assert.equal(isEnough(factors('h', ONE), factors('h', Buffer.from('one'))), true);
  assert.equal(isEnough(factors(null, null), factors(null, null)), true, 'an account that has just been made');
  assert.equal(isEnough(factors('h', null), factors('i', null)), false, 'another password');
  assert.equal(isEnough(factors(null, null), factors('h', null)), false);
  assert.equal(isEnough(factors('h', null), factors('h', ONE)), false, 'an authenticator since');
  assert.equal(isEnough(factors('h', ONE), factors('h', OTHER)), false, 'another authenticator');
  assert.equal(isEnough(factors('h', ONE), factors('i', ONE)), false);
});

test('an authenticator that was taken away since is not missed', () => {
  assert.equal(isEnough(factors('h', ONE), factors('h', null)), true);
});
