// SPDX-License-Identifier: Apache-2.0
// Decides which new passwords are refused. Pure.
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

/** Throws `auth.password_weak`. */
export function requireStrongPassword(password: string, email: string): void {
  const refuse = (message: string): never => {
    throw new LazaretError('auth.password_weak', message, { where: '/password' });
  };
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) refuse(`The password must have at least ${PASSWORD_LENGTH_MIN} characters.`);
  if (length > PASSWORD_LENGTH_MAX) refuse(`The password must have at most ${PASSWORD_LENGTH_MAX} characters.`);
  if (password.toLowerCase() === email.toLowerCase()) refuse('The password must not be the e-mail address.');
  if (new Set(password).size < 4) refuse('The password must not repeat the same few characters.');
}
