// SPDX-License-Identifier: Apache-2.0
// Signs in with e-mail address, password and, if the account has an authenticator, a code.
import type { FastifyRequest } from 'fastify';
import { addressOf, type ManagerParts } from '../../server/index.ts';
import { auditOfUser } from '../accounts/audit-of-user.ts';
import type { Caller } from '../caller.ts';
import { type Credentials, provePerson } from '../factors/proof.ts';
import { type StartedSession, startSession } from '../sessions/sessions.ts';

/** Throws `auth.failed`, `auth.locked`, `auth.busy`, `auth.totp_required`. */
export async function signIn(
  parts: ManagerParts,
  credentials: Credentials,
  caller: Caller,
  request: FastifyRequest,
): Promise<StartedSession> {
  const now = new Date(parts.clock.nowMs());
  const person = await provePerson(parts, credentials, caller);
  return parts.database.asIdentity(async (tx) => {
    const { device } = caller;
    const started = await startSession(tx, person, { signedInBy: 'password', request, device, now });
    await auditOfUser(tx, person.userId, { action: 'session.start', after: { address: addressOf(request) } });
    return started;
  });
}
