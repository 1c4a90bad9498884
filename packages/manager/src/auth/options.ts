// SPDX-License-Identifier: Apache-2.0
import type { PasswordCost } from './factors/password.ts';

export interface AuthOptions {
  /** Cookies only over TLS; false where the console listens on loopback without. */
  readonly secureCookies: boolean;
  /** Tries to sign in, to accept, to set a password: of one address, or of one known browser. */
  readonly attemptsPerMinuteMax?: number;
  /** Of new hashes; tests make it small. */
  readonly passwordCost?: PasswordCost;
}
