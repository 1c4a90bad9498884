// SPDX-License-Identifier: Apache-2.0
// Sessions of the console. However somebody has proven who it is – password and code now, a provider of identities later (OIDC) – the end is the same
// call: `startSession`. Owns: the cookie and the table of sessions.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdentityTransaction, SessionsTable } from '../database/index.ts';
import { hashToken, newToken } from './secrets.ts';

export const SESSION_COOKIE = 'lazaret_session';
/** A session that nobody uses ends; none lives longer than a week. */
export const SESSION_IDLE_MS = 12 * 3_600_000;
export const SESSION_MS = 7 * 24 * 3_600_000;
const USER_AGENT_LENGTH_MAX = 300;

export interface StartedSession {
  readonly token: string;
  readonly expiresAt: Date;
}

export async function startSession(
  tx: IdentityTransaction,
  userId: string,
  signedInBy: SessionsTable['signed_in_by'],
  request: FastifyRequest,
  now: Date,
): Promise<StartedSession> {
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
      address: request.ip,
      user_agent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_LENGTH_MAX),
    })
    .execute();
  await tx.deleteFrom('sessions').where('expires_at', '<', now).execute();
  return { token, expiresAt };
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

export function setSessionCookie(reply: FastifyReply, { token }: StartedSession, secure: boolean): void {
  const age = Math.floor(SESSION_MS / 1000);
  void reply.header(
    'set-cookie',
    `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`,
  );
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  void reply.header(
    'set-cookie',
    `${SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secure ? '; Secure' : ''}`,
  );
}

/** The hash of the session's token that a request carries; null where it carries none. */
export function sessionHash(request: FastifyRequest): Buffer | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value) return hashToken(value);
  }
  return null;
}
