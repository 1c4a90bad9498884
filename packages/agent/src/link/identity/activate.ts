// SPDX-License-Identifier: Apache-2.0
// Activation (MG-1): the agent makes a key pair, and the manager signs the certificate request. The addresses in the token are tried in their order.
import { activateAnswerSchema, parseEnrolmentToken, type EnrolmentTokenContent } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import { findAuthority } from './find-authority.ts';
import type { LinkIdentity } from './identity.ts';
import { makeKeyRequest } from './key-request.ts';
import { readHolder, readMachine } from '@lazaret/host';
import { LinkRefusal, openTransport } from '../transport.ts';

export interface Activation {
  readonly identity: LinkIdentity;
  /** Ours minus the manager's. */
  readonly clockDifferenceMs: number;
}

export async function activate(
  tokenText: string,
  name: string | null,
  { clock, agentVersion }: { readonly clock: Clock; readonly agentVersion: string },
): Promise<Activation> {
  const token = parseEnrolmentToken(tokenText);
  if (token === null) throw new LazaretError('link.bad_token', 'This is not an enrolment token.');
  let fault: unknown = null;
  for (const address of token.managers) {
    try {
      return await activateAt(address, token, name, clock, agentVersion);
    } catch (error) {
      // One that answered has decided; only one that did not is followed by the next.
      if (error instanceof LinkRefusal) throw error;
      fault ??= error;
    }
  }
  throw fault;
}

async function activateAt(
  address: string,
  token: EnrolmentTokenContent,
  name: string | null,
  clock: Clock,
  agentVersion: string,
): Promise<Activation> {
  const authority = await findAuthority(address, token.authorities);
  const { privateKey, request } = await makeKeyRequest();
  const machine = readMachine(agentVersion);
  const transport = openTransport({ managers: [address], authorities: [authority] });
  try {
    const body = JSON.stringify({
      tenantId: token.tenantId,
      tokenId: token.tokenId,
      secret: token.secret,
      certificateRequest: request,
      name: name ?? machine.hostname,
      holder: readHolder(),
      machine,
      time: new Date(clock.nowMs()).toISOString(),
    });
    const answer = await transport.askJson({ method: 'POST', path: '/link/v1/activate', body }, activateAnswerSchema);
    const { vmId, tenantId, certificate, trust, clockDifferenceMs } = answer;
    const activatedAt = new Date(clock.nowMs()).toISOString();
    return { identity: { vmId, tenantId, certificate, privateKey, trust, activatedAt }, clockDifferenceMs };
  } finally {
    transport.close();
  }
}
