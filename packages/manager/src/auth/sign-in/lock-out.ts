// SPDX-License-Identifier: Apache-2.0
// Counts failed sign-ins, by the budgets of `budgets.ts`. An attempt counts before its password is checked, so that a hundred simultaneous attempts count as a
// hundred. It owns the table `sign_in_failures`.
import { createHash } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import type { IdentityTransaction } from '../../database/index.ts';
import type { Budget } from './budgets.ts';

export const LOCK_MS = 15 * 60_000;

export interface Locked {
  /** `auth.locked`; thrown only after the count was stored. */
  readonly error: LazaretError;
  /** It began with this attempt: what is written down of it is written once. */
  readonly begins: boolean;
}

/** Counts an attempt; null as long as there were not too many. */
export async function countAttempt(
  tx: IdentityTransaction,
  budgets: readonly Budget[],
  now: Date,
): Promise<Locked | null> {
  await forgetSome(tx, new Date(now.getTime() - 2 * LOCK_MS));
  for (const budget of budgets) {
    const until = await countOne(tx, budget, now);
    // An address that is locked out takes nothing of the budget that all strangers share.
    if (until === null) continue;
    const error = new LazaretError('auth.locked', `Try again after ${until.toISOString()}.`);
    return { error, begins: until.getTime() === now.getTime() + LOCK_MS };
  }
  return null;
}

const FORGOTTEN_AT_ONCE = 200;

/** Rows that no longer count; a few at each attempt, and none that somebody else has in hand. */
async function forgetSome(tx: IdentityTransaction, before: Date): Promise<void> {
  await sql`delete from sign_in_failures where budget_hash in (select budget_hash from sign_in_failures
    where since < ${before} limit ${FORGOTTEN_AT_ONCE} for update skip locked)`.execute(tx);
}

async function countOne(tx: IdentityTransaction, { key, max }: Budget, now: Date): Promise<Date | null> {
  const windowStart = new Date(now.getTime() - LOCK_MS);
  const { rows } = await sql<{ locked_until: Date | null }>`
    insert into sign_in_failures as f (budget_hash, count, since) values (${hashOf(key)}, 1, ${now})
    on conflict (budget_hash) do update set
      count = case when f.locked_until > ${now} then f.count when f.since < ${windowStart} or f.locked_until is not null then 1 else f.count + 1 end,
      since = case when f.since < ${windowStart} or f.locked_until <= ${now} then ${now} else f.since end,
      locked_until = case when f.locked_until > ${now} then f.locked_until
        when f.since >= ${windowStart} and f.locked_until is null and f.count + 1 > ${max} then ${new Date(now.getTime() + LOCK_MS)}::timestamptz
        else null end
    returning locked_until`.execute(tx);
  return rows[0]?.locked_until ?? null;
}

export async function clearFailures(tx: IdentityTransaction, budgets: readonly Budget[]): Promise<void> {
  const hashes = budgets.map(({ key }) => hashOf(key));
  await tx.deleteFrom('sign_in_failures').where('budget_hash', 'in', hashes).execute();
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
