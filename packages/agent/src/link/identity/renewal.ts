// SPDX-License-Identifier: Apache-2.0
// The ways in which the manager's view of this agent changes: a new certificate, a new VM for a copy, and a new name for an agent that was restored from an
// older state.
import { renewAnswerSchema } from '@lazaret/contract';
import type { Connection } from '../connection.ts';
import type { IdentityStore } from './identity.ts';
import { makeKeyRequest } from './key-request.ts';
import { readHolder, readMachine, takeNewInstance } from '@lazaret/host';
import type { SpoolUploader } from '../spool-uploader.ts';
import type { LinkHost } from '../types.ts';

export interface Renewal {
  renew(clone: boolean, signal: AbortSignal): Promise<void>;
  /** This machine was copied as it ran, or taken back to how it ran once. */
  beginAnew(): void;
}

export interface RenewalParts {
  readonly host: Pick<LinkHost, 'log' | 'spool' | 'agentVersion'>;
  readonly identities: IdentityStore;
  readonly connection: Connection;
  readonly uploader: Pick<SpoolUploader, 'skipTo'>;
}

export function linkRenewal({ host, identities, connection, uploader }: RenewalParts): Renewal {
  const { log, spool } = host;
  let ownSince = spool.last();
  return {
    renew: async (clone, signal) => {
      const identity = identities.read();
      if (identity === null) return;
      const { privateKey, request } = await makeKeyRequest();
      const machine = readMachine(host.agentVersion);
      const body = JSON.stringify({ certificateRequest: request, clone, holder: readHolder(), machine });
      const ask = { method: 'POST', path: '/link/v1/renew', body, signal } as const;
      const { vmId, certificate, trust } = await connection.transport().askJson(ask, renewAnswerSchema);
      // What the origin has told, or will tell, is not told again by its copy.
      if (vmId !== identity.vmId) uploader.skipTo(ownSince);
      identities.write({ ...identity, vmId, certificate, privateKey, trust });
      connection.close();
      log.info(
        { vmId, clone },
        clone ? 'this VM is a copy of another VM; somebody must accept it in the console' : 'certificate renewed',
      );
    },
    beginAnew: () => {
      takeNewInstance();
      ownSince = spool.last();
      connection.close();
      log.info('another agent continues with the identity of this agent; this agent checks in with a new instance id');
    },
  };
}
