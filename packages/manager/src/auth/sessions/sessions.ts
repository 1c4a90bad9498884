// SPDX-License-Identifier: Apache-2.0
// Sessions of the console. Whatever the way of signing in – password and code today, an identity provider (OIDC) later – it ends in the same call:
// `startSession`, which accepts only a proof of all factors. It owns the table of sessions.
import type { FastifyRequest } from 'fastify';
import type { IdentityTransaction, SessionsTable } from '../../database/index.ts';
import { addressOf } from '../../server/index.ts';
import { rememberDevice } from '../sign-in/devices.ts';
import { type ProvenPerson, requireStillProven } from '../factors/proof.ts';
import { newToken } from '../factors/secrets.ts';

/** A session by which no person asks ends – a page that lies open asks by itself –; none lives longer than a week. */
export const SESSION_IDLE_MS = 12 * 3_600_000;
export const SESSION_MS = 7 * 24 * 3_600_000;
const USER_AGENT_LENGTH_MAX = 300;

export interface StartedSession {
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: Date;
  /** For the browser's other cookie. */
  readonly device: string;
}

export interface SessionStart {
  readonly signedInBy: SessionsTable['signed_in_by'];
  readonly request: FastifyRequest;
  /** What the browser carried. */
  readonly device: Buffer | null;
  readonly now: Date;
}

/** Throws `auth.failed` where the account was changed since it was proven. */
export async function startSession(
  tx: IdentityTransaction,
  person: ProvenPerson,
  { signedInBy, request, device, now }: SessionStart,
): Promise<StartedSession> {
  await requireStillProven(tx, person);
  const { userId } = person;
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await tx
    .insertInto('sessions')
    .values({
      token_hash: hash,
      user_id: userId,
      signed_in_by: signedInBy,
      created_at: now,
      seen_at: now,
      expires_at: expiresAt,
      address: addressOf(request),
      user_agent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_LENGTH_MAX),
    })
    .execute();
  await forgetExpiredSessions(tx, now);
  return { userId, token, expiresAt, device: await rememberDevice(tx, device, userId, now) };
}

export async function forgetExpiredSessions(tx: IdentityTransaction, now: Date): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<', now).execute();
}

/** Ends all sessions of a person but one: after a new password, or when access is taken away. */
export async function endSessions(
  tx: IdentityTransaction,
  userId: string,
  butNot: Buffer | null = null,
): Promise<void> {
  let query = tx.deleteFrom('sessions').where('user_id', '=', userId);
  if (butNot !== null) query = query.where('token_hash', '!=', butNot);
  await query.execute();
}
