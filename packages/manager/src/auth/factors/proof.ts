// SPDX-License-Identifier: Apache-2.0
// The only place that decides whether a person is who they claim to be. It asks for every factor that the account has. Its result, a ProvenPerson, is created
// nowhere else, and no session starts without one. Every failure gives the same answer and takes the same time.
import { LazaretError } from '@lazaret/core';
import { type Selectable, sql } from 'kysely';
import type { IdentityTransaction, UsersTable } from '../../database/index.ts';
import type { ManagerParts } from '../../server/index.ts';
import { auditOfUser } from '../accounts/audit-of-user.ts';
import { type Caller, turnOf, turnOfPerson } from '../caller.ts';
import { isKnownDevice } from '../sign-in/devices.ts';
import { type Budget, budgetsOf, codeBudgetsOf, sessionBudgetsOf } from '../sign-in/budgets.ts';
import { clearFailures, countAttempt } from '../sign-in/lock-out.ts';
import { verifyPassword } from './password.ts';
import { type Factors, factorsOf, isEnough } from './shown-factors.ts';
import { totpStep } from './totp.ts';

type User = Selectable<UsersTable>;

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly totp?: string | undefined;
}

class ProvenPerson {
  readonly userId: string;
  readonly #shown: Factors;

  constructor(user: User) {
    this.userId = user.id;
    this.#shown = factorsOf(user);
  }

  /** Whether the account still asks for exactly what was shown. */
  isOf(user: User): boolean {
    return this.userId === user.id && isEnough(this.#shown, factorsOf(user));
  }
}
export type { ProvenPerson };

/** Throws `auth.failed`, `auth.locked`, `auth.busy`, `auth.totp_required`. */
export async function provePerson(
  parts: ManagerParts,
  { email, password, totp }: Credentials,
  caller: Caller,
): Promise<ProvenPerson> {
  const now = new Date(parts.clock.nowMs());
  const { user, device, budgets, locked } = await parts.database.asIdentity(async (tx) => {
    const found = await findUserByEmail(tx, email);
    const isKnown =
      found !== undefined && caller.device !== null && (await isKnownDevice(tx, caller.device, now, found.id));
    const known = isKnown ? caller.device : null;
    const counted = budgetsOf(email, caller.place, known);
    return { user: found, device: known, budgets: counted, locked: await countAttempt(tx, counted, now) };
  });
  if (locked !== null) {
    if (user !== undefined && locked.begins)
      await parts.database.asIdentity((tx) => auditOfUser(tx, user.id, { action: 'session.locked', after: null }));
    throw locked.error;
  }
  const isRight = await verifyPassword(turnOf(caller, device !== null), password, user?.password_hash ?? null);
  if (user === undefined || !isRight) throw failed();
  await proveCode(parts, user, totp, codeBudgetsOf(user.id, device));
  await parts.database.asIdentity((tx) => clearFailures(tx, budgets));
  return new ProvenPerson(user);
}

/** All factors of who is signed in, again. Throws as `provePerson` does. */
export async function proveAgain(
  parts: ManagerParts,
  userId: string,
  { password, totp }: Pick<Credentials, 'password' | 'totp'>,
): Promise<void> {
  const user = await confirm(parts, userId, password);
  await proveCode(parts, user, totp, codeBudgetsOf(userId, null));
}

/** The password again, before something that cannot be taken back. Null, a token, is no person: there is nobody to ask. */
export async function confirmPassword(parts: ManagerParts, userId: string | null, password: string): Promise<void> {
  if (userId === null) throw new LazaretError('auth.failed', 'Only a signed-in user can confirm this.');
  await confirm(parts, userId, password);
}

/** An account that is made in this very transaction, by whoever has just chosen its password: there is nothing else to ask for yet. */
export async function proveByMaking(tx: IdentityTransaction, userId: string): Promise<ProvenPerson> {
  const user = await lockUser(tx, userId);
  const { rows } = await sql<{
    isNew: boolean;
  }>`select xmin = pg_current_xact_id()::xid as "isNew" from users where id = ${userId}`.execute(tx);
  if (rows[0]?.isNew !== true || user.totp_enabled_at !== null) throw failed();
  return new ProvenPerson(user);
}

/** Holds the account still until the transaction ends. Throws `auth.failed` where it asks for more, or for something else, than was shown. */
export async function requireStillProven(tx: IdentityTransaction, person: ProvenPerson): Promise<void> {
  if (!person.isOf(await lockUser(tx, person.userId))) throw failed();
}

async function lockUser(tx: IdentityTransaction, userId: string): Promise<User> {
  const user = await tx.selectFrom('users').selectAll().where('id', '=', userId).forUpdate().executeTakeFirst();
  if (user === undefined) throw failed();
  return user;
}

async function confirm(parts: ManagerParts, userId: string, password: string): Promise<User> {
  const now = new Date(parts.clock.nowMs());
  const budgets = sessionBudgetsOf(userId);
  const { user, locked } = await parts.database.asIdentity(async (tx) => ({
    user: await tx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst(),
    locked: await countAttempt(tx, budgets, now),
  }));
  if (locked !== null) throw locked.error;
  const isRight = await verifyPassword(turnOfPerson(userId), password, user?.password_hash ?? null);
  if (user === undefined || !isRight) throw failed();
  await parts.database.asIdentity((tx) => clearFailures(tx, budgets));
  return user;
}

async function proveCode(
  parts: ManagerParts,
  user: User,
  totp: string | undefined,
  budgets: readonly Budget[],
): Promise<void> {
  if (user.totp_sealed === null || user.totp_enabled_at === null) return;
  if (totp === undefined)
    throw new LazaretError('auth.totp_required', 'This account also needs a code from its authenticator.');
  const step = await countedStep(parts, user, totp, budgets);
  if (step === null || !(await useStep(parts, user.id, step))) throw failed();
  await parts.database.asIdentity((tx) => clearFailures(tx, budgets));
}

/** The time step of a right code; null for a wrong one. Also of an authenticator that is not confirmed yet. */
export async function countedStep(
  parts: ManagerParts,
  user: User,
  code: string,
  budgets: readonly Budget[] = codeBudgetsOf(user.id, null),
): Promise<number | null> {
  if (user.totp_sealed === null) return null;
  const nowMs = parts.clock.nowMs();
  const locked = await parts.database.asIdentity((tx) => countAttempt(tx, budgets, new Date(nowMs)));
  if (locked !== null) throw locked.error;
  return totpStep(parts.sealer, user.id, user.totp_sealed, code, user.totp_step, nowMs);
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

export function failed(): LazaretError {
  return new LazaretError('auth.failed', 'The e-mail address, the password or the code is wrong.');
}

export function findUserByEmail(tx: IdentityTransaction, email: string): Promise<User | undefined> {
  return tx
    .selectFrom('users')
    .selectAll()
    .where(sql`lower(email)`, '=', email.trim().toLowerCase())
    .executeTakeFirst();
}
