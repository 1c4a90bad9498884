// SPDX-License-Identifier: Apache-2.0
// Signing in with e-mail, password and, where it is set up, a code. Every way of being wrong gives one answer and takes the same time.
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import { type Selectable, sql } from 'kysely';
import { type AuditEntry, audit, auditIn } from '../audit/index.ts';
import type { IdentityTransaction, UsersTable } from '../database/index.ts';
import type { ManagerParts } from '../server/index.ts';
import { clearFailures, countAttempt } from './lock-out.ts';
import { verifyPassword } from './password.ts';
import { type StartedSession, startSession } from './sessions.ts';
import { totpStep } from './totp.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly totp?: string | undefined;
}

/** Throws `auth.failed`, `auth.locked`, `auth.totp_required`. */
export async function signIn(
  parts: ManagerParts,
  credentials: Credentials,
  request: FastifyRequest,
): Promise<StartedSession & { readonly userId: string }> {
  const now = new Date(parts.clock.nowMs());
  const userId = await proveCredentials(parts, credentials);
  return parts.database.asIdentity(async (tx) => {
    const started = await startSession(tx, userId, 'password', request, now);
    await auditOfUser(tx, userId, { action: 'session.start', after: { address: request.ip } });
    return { ...started, userId };
  });
}

/** The id of the account whose credentials these are. */
async function proveCredentials(parts: ManagerParts, { email, password, totp }: Credentials): Promise<string> {
  const now = new Date(parts.clock.nowMs());
  const { locked, user } = await parts.database.asIdentity(async (tx) => ({
    locked: await countAttempt(tx, email, now),
    user: await findUserByEmail(tx, email),
  }));
  if (locked !== null) {
    if (user !== undefined)
      await parts.database.asIdentity((tx) => auditOfUser(tx, user.id, { action: 'session.locked', after: null }));
    throw locked;
  }
  const isRight = await verifyPassword(password, user?.password_hash ?? null);
  if (user === undefined || !isRight) throw failed();
  if (user.totp_sealed !== null && user.totp_enabled_at !== null) {
    if (totp === undefined) throw new LazaretError('auth.totp_required', 'This account asks for a code, too.');
    const step = totpStep(parts.sealer, user.id, user.totp_sealed, totp, user.totp_step, now.getTime());
    if (step === null || !(await useStep(parts, user.id, step))) throw failed();
  }
  await parts.database.asIdentity((tx) => clearFailures(tx, email));
  return user.id;
}

/** A code counts once, also when it comes twice at the same moment. */
async function useStep(parts: ManagerParts, userId: string, step: number): Promise<boolean> {
  const updated = await parts.database.asIdentity((tx) =>
    tx
      .updateTable('users')
      .set({ totp_step: step })
      .where('id', '=', userId)
      .where('totp_step', '<', step)
      .executeTakeFirst(),
  );
  return updated.numUpdatedRows === 1n;
}

/** The password again, before something that cannot be taken back. Counts towards the lock-out. Throws as `signIn` does. */
export async function confirmPassword(parts: ManagerParts, userId: string | null, password: string): Promise<void> {
  const user = await parts.database.asIdentity((tx) =>
    tx
      .selectFrom('users')
      .select(['email', 'password_hash'])
      .where('id', '=', userId ?? '00000000-0000-0000-0000-000000000000')
      .executeTakeFirst(),
  );
  // A token is no person: there is nobody to ask.
  if (user === undefined) throw new LazaretError('auth.failed', 'Only a signed-in person can confirm this.');
  const now = new Date(parts.clock.nowMs());
  const locked = await parts.database.asIdentity((tx) => countAttempt(tx, user.email, now));
  if (locked !== null) throw locked;
  if (!(await verifyPassword(password, user.password_hash))) throw failed();
  await parts.database.asIdentity((tx) => clearFailures(tx, user.email));
}

/** Into the audit of the provider and of each tenant that the person belongs to. */
export async function auditOfUser(
  tx: IdentityTransaction,
  userId: string,
  entry: Pick<AuditEntry, 'action' | 'before' | 'after'>,
): Promise<void> {
  const user = await tx.selectFrom('users').select(['email']).where('id', '=', userId).executeTakeFirstOrThrow();
  const whole: AuditEntry = {
    ...entry,
    actor: { kind: 'user', id: userId, name: user.email },
    subject: `user:${userId}`,
  };
  await audit(tx, whole);
  const tenants = await tx.selectFrom('memberships').select('tenant_id').where('user_id', '=', userId).execute();
  for (const { tenant_id } of tenants) await auditIn(tx, tenant_id, whole);
}

export function failed(): LazaretError {
  return new LazaretError('auth.failed', 'E-mail, password or code are not right.');
}

export function findUserByEmail(tx: IdentityTransaction, email: string): Promise<Selectable<UsersTable> | undefined> {
  return tx
    .selectFrom('users')
    .selectAll()
    .where(sql`lower(email)`, '=', email.trim().toLowerCase())
    .executeTakeFirst();
}
