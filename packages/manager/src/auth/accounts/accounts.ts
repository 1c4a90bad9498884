// SPDX-License-Identifier: Apache-2.0
// What people do with their own account: accept an invitation, set a password or an authenticator, change name and language.
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import { auditIn } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';
import { conflict, type ManagerParts } from '../../server/index.ts';
import { auditOfUser } from './audit-of-user.ts';
import { type Caller, turnOf, turnOfPerson } from '../caller.ts';
import { forgetDevices } from '../sign-in/devices.ts';
import { wouldStillGive } from '../grants/still-gives.ts';
import {
  findLink,
  forgetPasswordLinks,
  invalidLink,
  type PasswordLink,
  requireLinkInForce,
  useLink,
} from '../grants/one-time-links.ts';
import type { AuthOptions } from '../options.ts';
import { hashPassword } from '../factors/password.ts';
import { requireStrongPassword } from '../factors/password-rule.ts';
import {
  confirmPassword,
  countedStep,
  failed,
  findUserByEmail,
  proveAgain,
  proveByMaking,
  provePerson,
  requireStillProven,
} from '../factors/proof.ts';
import { endSessions, type StartedSession, startSession } from '../sessions/sessions.ts';
import { newTotp } from '../factors/totp.ts';

export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly password: string;
  readonly totp?: string | undefined;
  readonly language: 'en' | 'ja';
}

/**
 * Makes the account, or – where the address has one – asks for all its factors; then the person is a member. What is asked of a new password is asked of an
 * old one, too: who holds an invitation learns by nothing that is refused whether an account exists.
 */
export async function acceptInvitation(
  parts: ManagerParts,
  options: AuthOptions,
  accepted: Acceptance,
  caller: Caller,
  request: FastifyRequest,
): Promise<StartedSession> {
  const { token, password, totp } = accepted;
  const now = new Date(parts.clock.nowMs());
  const { invitation, isKnown } = await parts.database.asIdentity(async (tx) => {
    const row = await requireInvitation(tx, token, now);
    return { invitation: row, isKnown: (await findUserByEmail(tx, row.email)) !== undefined };
  });
  requireStrongPassword(password, invitation.email);
  const proven = isKnown ? await provePerson(parts, { email: invitation.email, password, totp }, caller) : null;
  const passwordHash = isKnown ? null : await hashPassword(turnOf(caller, false), password, options.passwordCost);
  return parts.database.asIdentity(async (tx) => {
    const { email, tenant_id, role, id } = await requireInvitation(tx, token, now);
    await useLink(tx, token);
    const person = proven ?? (await makeAccount(tx, { ...accepted, id: parts.newId(), email, passwordHash }));
    await requireStillProven(tx, person);
    const { userId } = person;
    await tx
      .insertInto('memberships')
      .values({ tenant_id, user_id: userId, role, disabled_at: null })
      .onConflict((row) => row.columns(['tenant_id', 'user_id']).doUpdateSet({ role, disabled_at: null }))
      .execute();
    await tx.deleteFrom('invitations').where('id', '=', id).execute();
    const actor = { kind: 'user', id: userId, name: email } as const;
    await auditIn(tx, tenant_id, { actor, action: 'users.join', subject: `user:${userId}`, after: { email, role } });
    return startSession(tx, person, { signedInBy: 'link', request, device: caller.device, now });
  });
}

/** The invitation of a link, if who invited would still do so. Throws `auth.link_invalid`. */
async function requireInvitation(tx: IdentityTransaction, token: string, now: Date) {
  const link = await findLink(tx, token, 'invitation', now);
  const row = await tx
    .selectFrom('invitations')
    .selectAll()
    .where('id', '=', link?.invitation_id ?? null)
    .executeTakeFirst();
  if (row === undefined || !(await wouldStillGive(tx, row.tenant_id, row, row.role))) throw invalidLink();
  return row;
}

async function makeAccount(
  tx: IdentityTransaction,
  made: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly language: 'en' | 'ja';
    readonly passwordHash: string | null;
  },
) {
  const { id, email, name, language, passwordHash: password_hash } = made;
  await tx
    .insertInto('users')
    .values({ id, email, name, language, password_hash, totp_sealed: null, totp_enabled_at: null })
    .execute();
  return proveByMaking(tx, id);
}

/** By a one-time link: all sessions end, known browsers are forgotten, a forgotten authenticator stays in force. */
export async function setPasswordByLink(
  parts: ManagerParts,
  options: AuthOptions,
  { token, password }: { readonly token: string; readonly password: string },
  caller: Caller,
): Promise<void> {
  const now = new Date(parts.clock.nowMs());
  const { email } = await parts.database.asIdentity((tx) => requirePasswordLink(tx, token, now));
  requireStrongPassword(password, email);
  const hash = await hashPassword(turnOf(caller, false), password, options.passwordCost);
  await parts.database.asIdentity(async (tx) => {
    const { userId } = await requirePasswordLink(tx, token, now);
    await useLink(tx, token);
    await tx.updateTable('users').set({ password_hash: hash }).where('id', '=', userId).execute();
    await endSessions(tx, userId);
    await forgetPasswordLinks(tx, userId);
    await forgetDevices(tx, userId);
    await auditOfUser(tx, userId, { action: 'password.reset' });
  });
}

async function requirePasswordLink(tx: IdentityTransaction, token: string, now: Date): Promise<PasswordLink> {
  const link = await findLink(tx, token, 'password', now);
  if (link === null) throw invalidLink();
  return requireLinkInForce(tx, link);
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
  const hash = await hashPassword(turnOfPerson(userId), change.password, options.passwordCost);
  await parts.database.asIdentity(async (tx) => {
    await tx.updateTable('users').set({ password_hash: hash }).where('id', '=', userId).execute();
    await endSessions(tx, userId, keepSession);
    await forgetPasswordLinks(tx, userId);
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
  if (user.totp_enabled_at !== null) throw conflict('This account already has an authenticator. Remove it first.');
  const { secret, uri, sealed } = newTotp(parts.sealer, userId, user.email);
  const started = await parts.database.asIdentity((tx) =>
    tx
      .updateTable('users')
      .set({ totp_sealed: sealed, totp_step: 0 })
      .where('id', '=', userId)
      // One that came into force meanwhile is not replaced.
      .where('totp_enabled_at', 'is', null)
      .executeTakeFirst(),
  );
  if (started.numUpdatedRows !== 1n) throw conflict('This account already has an authenticator. Remove it first.');
  return { secret, uri };
}

/** From now on a code is asked for; sessions that were made without one end, but for this one. */
export async function confirmTotp(
  parts: ManagerParts,
  userId: string,
  code: string,
  keepSession: Buffer | null,
): Promise<void> {
  const now = new Date(parts.clock.nowMs());
  const user = await requireUser(parts, userId);
  if (user.totp_sealed === null || user.totp_enabled_at !== null)
    throw new LazaretError('auth.totp_not_started', 'There is no new authenticator to confirm.');
  const step = await countedStep(parts, user, code);
  if (step === null) throw failed();
  await parts.database.asIdentity(async (tx) => {
    const enabled = await tx
      .updateTable('users')
      .set({ totp_enabled_at: now, totp_step: step })
      .where('id', '=', userId)
      .where('totp_sealed', '=', user.totp_sealed)
      .where('totp_enabled_at', 'is', null)
      .executeTakeFirst();
    if (enabled.numUpdatedRows !== 1n) throw conflict('Another request changed the authenticator at the same time.');
    await endSessions(tx, userId, keepSession);
    await auditOfUser(tx, userId, { action: 'totp.enable' });
  });
}

/** Asks for a code of the very authenticator that goes. One that is lost: `lazaret-manager remove-authenticator`. */
export async function removeTotp(
  parts: ManagerParts,
  userId: string,
  factors: { readonly password: string; readonly totp: string },
): Promise<void> {
  await proveAgain(parts, userId, factors);
  await parts.database.asIdentity((tx) => takeTotp(tx, userId, { action: 'totp.remove' }));
}

export async function takeTotp(
  tx: IdentityTransaction,
  userId: string,
  entry: Parameters<typeof auditOfUser>[2],
): Promise<void> {
  await tx.updateTable('users').set({ totp_sealed: null, totp_enabled_at: null }).where('id', '=', userId).execute();
  await auditOfUser(tx, userId, entry);
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
