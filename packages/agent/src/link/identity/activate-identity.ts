// SPDX-License-Identifier: Apache-2.0
// Makes a VM belong to a manager. This is the only place where an activation is stored.
import { LazaretError } from '@lazaret/core';
import { activate, type Activation } from './activate.ts';
import { identityStore, type IdentityStore } from './identity.ts';

/** Rejects with `link.activated_already` where this state has an identity, and with what the manager says. */
export async function activateIdentity(
  state: string | IdentityStore,
  token: string,
  name: string | null,
  options: Parameters<typeof activate>[2],
): Promise<Activation> {
  const identities = typeof state === 'string' ? identityStore(state) : state;
  if (identities.read() !== null)
    throw new LazaretError('link.activated_already', 'This VM already belongs to a manager.');
  const activation = await activate(token, name, options);
  identities.write(activation.identity);
  return activation;
}
