// SPDX-License-Identifier: Apache-2.0
import type { PasswordCost } from './password.ts';

export interface AuthOptions {
  /** Cookies only over TLS; false where the console listens on loopback without. */
  readonly secureCookies: boolean;
  /** Of new hashes; tests make it small. */
  readonly passwordCost?: PasswordCost;
}
