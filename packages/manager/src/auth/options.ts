// SPDX-License-Identifier: Apache-2.0
import type { IdentityTransaction } from '../database/index.ts';
import type { PasswordCost } from './factors/password.ts';

export interface AuthOptions {
  /** Cookies only over TLS; false where the console listens on loopback without. */
  readonly secureCookies: boolean;
  /** Tries to sign in, to accept, to set a password: of one address, or of one known browser. */
  readonly attemptsPerMinuteMax?: number;
  /** Of new hashes; tests make it small. */
  readonly passwordCost?: PasswordCost;
}

export interface AuthRouteOptions extends AuthOptions {
  /** The first run makes the first tenant. Handed in: tenants lean on this feature. */
  readonly addTenant: (
    tx: IdentityTransaction,
    tenant: { readonly id: string; readonly name: string },
  ) => Promise<unknown>;
}
