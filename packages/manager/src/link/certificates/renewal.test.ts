// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRenewalDue } from './renewal.ts';

const NOW = new Date('2026-11-30T10:00:00Z');
const DAY_MS = 86_400_000;
const days = (count: number, ms = 0): Date => new Date(NOW.getTime() + count * DAY_MS + ms);
const FRESH = { isCopied: false, certificateNotAfter: days(80), certificateIssuedAt: days(-10) };

test('a certificate is renewed in the last month of its life, and not before', () => {
  const due = (notAfter: Date) => isRenewalDue({ ...FRESH, certificateNotAfter: notAfter }, days(-20), NOW);
  assert.equal(due(days(80)), false);
  assert.equal(due(days(30)), false);
  assert.equal(due(days(30, -1)), true);
  assert.equal(due(days(-1)), true);
});

test('one that an authority of before signed is renewed by the present one', () => {
  assert.equal(isRenewalDue(FRESH, days(-10), NOW), false);
  assert.equal(isRenewalDue(FRESH, days(-10, 1), NOW), true);
});

test('SY-10b: one of which a copy was seen is renewed at once', () => {
  assert.equal(isRenewalDue({ ...FRESH, isCopied: true }, days(-20), NOW), true);
});
