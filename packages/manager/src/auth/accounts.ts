// SPDX-License-Identifier: Apache-2.0
// What a person does with the own account: accept an invitation, set a password, an authenticator, name and language.
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import { auditIn } from '../audit/index.ts';
import { conflict, type ManagerParts } from '../server/index.ts';
import { findLink, invalidLink, useLink } from './one-time-links.ts';
import type { AuthOptions } from './options.ts';
import { hashPassword, requireStrongPassword, verifyPassword } from './password.ts';
import { endSessions, type StartedSession, startSession } from './sessions.ts';
import { auditOfUser, confirmPassword, failed, findUserByEmail } from './sign-in.ts';
import { newTotp, totpStep } from './totp.ts';
import { clearFailures, countAttempt } from './lock-out.ts';

export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly password: string;
  readonly language: 'en' | 'ja';
}

/** Makes the account, or – where the address has one – asks for its password; then the person is a member. */
export async function acceptInvitation(
  parts: ManagerParts,
  options: AuthOptions,
  accepted: Acceptance,
  request: FastifyRequest,
): Promise<StartedSession & { readonly userId: string }> {
  const now = new Date(parts.clock.nowMs());
  const { invitation, user, locked } = await parts.database.asIdentity(async (tx) => {
    const link = await findLink(tx, accepted.token, 'invitation', now);
    const row = await tx
      .selectFrom('invitations')
      .selectAll()
      .where('id', '=', link?.invitation_id ?? null)
      .executeTakeFirst();
    if (row === undefined) throw invalidLink();
    const owner = await findUserByEmail(tx, row.email);
    return {
      invitation: row,
      user: owner,
      locked: owner === undefined ? null : await countAttempt(tx, row.email, now),
    };
  });
  if (locked !== null) throw locked;
  if (user === undefined) requireStrongPassword(accepted.password, invitation.email);
  else if (!(await verifyPassword(accepted.password, user.password_hash))) throw failed();
  const passwordHash = user === undefined ? await hashPassword(accepted.password, options.passwordCost) : null;
  const userId = user?.id ?? parts.newId();
  return parts.database.asIdentity(async (tx) => {
    await useLink(tx, accepted.token);
    const { email, tenant_id, role, id } = invitation;
    if (user === undefined)
      await tx
        .insertInto('users')
        .values({
          id: userId,
          email,
          name: accepted.name,
          language: accepted.language,
          password_hash: passwordHash,
          totp_sealed: null,
          totp_enabled_at: null,
        })
        .execute();
    else await clearFailures(tx, email);
    await tx
      .insertInto('memberships')
      .values({ tenant_id, user_id: userId, role, disabled_at: null })
      .onConflict((row) => row.columns(['tenant_id', 'user_id']).doUpdateSet({ role, disabled_at: null }))
      .execute();
    await tx.deleteFrom('invitations').where('id', '=', id).execute();
    const actor = { kind: 'user', id: userId, name: email } as const;
    await auditIn(tx, tenant_id, { actor, action: 'users.join', subject: `user:${userId}`, after: { email, role } });
    return { ...(await startSession(tx, userId, 'link', request, now)), userId };
  });
}

/** By a one-time link: all sessions end, a forgotten authenticator stays in force. */
export async function setPasswordByLink(
  parts: ManagerParts,
  options: AuthOptions,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<void> {
  const now = new Date(parts.clock.nowMs());
  const user = await parts.database.asIdentity(async (tx) => {
    const link = await findLink(tx, token, 'password', now);
    if (link?.user_id == null) throw invalidLink();
    return tx.selectFrom('users').select(['id', 'email']).where('id', '=', link.user_id).executeTakeFirstOrThrow();
  });
  requireStrongPassword(password, user.email);
  const hash = await hashPassword(password, options.passwordCost);
  await parts.database.asIdentity(async (tx) => {
    await useLink(tx, token);
    await tx.updateTable('users').set({ password_hash: hash }).where('id', '=', user.id).execute();
    await endSessions(tx, user.id);
    await clearFailures(tx, user.email);
    await auditOfUser(tx, user.id, { action: 'password.reset' });
  });
}

export async function changePassword(
  parts: ManagerParts,
  options: AuthOptions,
  userId: string,
  change: { readonly current: string; readonly password: string },
  keepSession: Buffer | null,
): Promise<void> {
  const user = await requireUser(parts, userId);
  requireStrongPassword(change.password, user.email);
  await confirmPassword(parts, userId, change.current);
  const hash = await hashPassword(change.password, options.passwordCost);
  await parts.database.asIdentity(async (tx) => {
    await tx.updateTable('users').set({ password_hash: hash }).where('id', '=', userId).execute();
    await endSessions(tx, userId, keepSession);
    await auditOfUser(tx, userId, { action: 'password.change' });
  });
}

/** A new secret, which counts only once a code of it was shown. The old one stays until then. */
export async function startTotp(
  parts: ManagerParts,
  userId: string,
  password: string,
): Promise<{ readonly secret: string; readonly uri: string }> {
  await confirmPassword(parts, userId, password);
  const user = await requireUser(parts, userId);
  if (user.totp_enabled_at !== null) throw conflict('An authenticator is in force: remove it first.');
  const { secret, uri, sealed } = newTotp(parts.sealer, userId, user.email);
  await parts.database.asIdentity((tx) =>
    tx
      .updateTable('users')
      .set({ totp_sealed: sealed, totp_enabled_at: null, totp_step: 0 })
      .where('id', '=', userId)
      .execute(),
  );
  return { secret, uri };
}

export async function confirmTotp(parts: ManagerParts, userId: string, code: string): Promise<void> {
  const now = new Date(parts.clock.nowMs());
  const user = await requireUser(parts, userId);
  if (user.totp_sealed === null || user.totp_enabled_at !== null)
    throw new LazaretError('auth.totp_not_started', 'There is no new authenticator to confirm.');
  const locked = await parts.database.asIdentity((tx) => countAttempt(tx, user.email, now));
  if (locked !== null) throw locked;
  const step = totpStep(parts.sealer, userId, user.totp_sealed, code, user.totp_step, now.getTime());
  if (step === null) throw failed();
  await parts.database.asIdentity(async (tx) => {
    await tx.updateTable('users').set({ totp_enabled_at: now, totp_step: step }).where('id', '=', userId).execute();
    await clearFailures(tx, user.email);
    await auditOfUser(tx, userId, { action: 'totp.enable' });
  });
}

export async function removeTotp(parts: ManagerParts, userId: string, password: string): Promise<void> {
  await confirmPassword(parts, userId, password);
  await parts.database.asIdentity(async (tx) => {
    await tx.updateTable('users').set({ totp_sealed: null, totp_enabled_at: null }).where('id', '=', userId).execute();
    await auditOfUser(tx, userId, { action: 'totp.remove' });
  });
}

export async function changeMe(
  parts: ManagerParts,
  userId: string,
  change: { readonly name?: string | undefined; readonly language?: 'en' | 'ja' | undefined },
): Promise<void> {
  const before = await requireUser(parts, userId);
  const after = { name: change.name ?? before.name, language: change.language ?? before.language };
  await parts.database.asIdentity(async (tx) => {
    await tx.updateTable('users').set(after).where('id', '=', userId).execute();
    const { name, language } = before;
    await auditOfUser(tx, userId, { action: 'me.update', before: { name, language }, after });
  });
}

async function requireUser(parts: ManagerParts, userId: string) {
  const user = await parts.database.asIdentity((tx) =>
    tx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst(),
  );
  if (user === undefined) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
  return user;
}
