// SPDX-License-Identifier: Apache-2.0
// The connection to the manager, made with the VM's identity. It is opened when it is first needed, and opened again after the identity or its trusted
// authorities change.
import { LazaretError } from '@lazaret/core';
import type { IdentityStore } from './identity/identity.ts';
import { readHolder } from '@lazaret/host';
import { readOfferedRelease } from './release-download.ts';
import { openTransport, type Transport } from './transport.ts';
import type { LinkTools } from './types.ts';

export interface Connection {
  /** Rejects with `link.not_activated` where the VM belongs to no manager. */
  transport(): Transport;
  /** The next request makes a new connection. */
  close(): void;
  /** Null while the VM belongs to no manager. */
  tools(): LinkTools | null;
}

export function linkConnection(identities: IdentityStore): Connection {
  let open: Transport | null = null;
  const transport = (): Transport => {
    const identity = identities.read();
    if (identity === null) throw new LazaretError('link.not_activated', 'This VM belongs to no manager.');
    return (open ??= openTransport({ ...identity.trust, ...identity, instance: readHolder().instance }));
  };
  return {
    transport,
    close: () => {
      open?.close();
      open = null;
    },
    tools: () =>
      identities.read() === null
        ? null
        : { transport: transport(), offeredRelease: (signal) => readOfferedRelease(transport(), signal) },
  };
}
