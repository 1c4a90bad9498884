// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireStrongPassword } from './password-rule.ts';

const MAIL = 'somebody@example.com';

test('a password that is too short, too long, the address, or a few characters is refused, and says why', () => {
  const refused = (password: string, why: RegExp, email = MAIL): void =>
    assert.throws(() => requireStrongPassword(password, email), {
      code: 'auth.password_weak',
      message: why,
      where: '/password',
    });
  refused('abcdefghijk', /^The password must have at least 12 characters\.$/);
  refused('😀😁😂😃😄😅😆😇😈😉😊', /at least 12/);
  refused('abcd'.repeat(65), /^The password must have at most 256 characters\.$/);
  refused('SomeBody@example.com', /^The password must not be the e-mail address\.$/);
  refused('somebody@example.com', /e-mail address/, 'SOMEBODY@EXAMPLE.COM');
  refused('abcabcabcabc', /^The password must not repeat the same few characters\.$/);
});

test('any other is taken, at the bounds too', () => {
  for (const password of [
    'abcdefghijkl',
    'abcd'.repeat(64),
    'abcdabcdabcd',
    '😀😁😂😃😄😅😆😇😈😉😊😋',
    `${MAIL}x`,
    'correct horse battery staple',
  ])
    requireStrongPassword(password, MAIL);
});
