// SPDX-License-Identifier: Apache-2.0
// Ten failures within 15 minutes, and the account waits for 15 minutes. Counted by what was typed, whether such an account exists or not: the answer must
// not tell them apart. An attempt counts before the password is looked at, so that a hundred at once are not a hundred tries.
import { createHash } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import type { IdentityTransaction } from '../database/index.ts';

export const FAILURES_MAX = 10;
export const LOCK_MS = 15 * 60_000;

/** Counts an attempt. Throws `auth.locked` – after the count was stored – when there were too many. */
export async function countAttempt(tx: IdentityTransaction, email: string, now: Date): Promise<LazaretError | null> {
  const windowStart = new Date(now.getTime() - LOCK_MS);
  // Rows that no longer count.
  await tx
    .deleteFrom('sign_in_failures')
    .where('since', '<', new Date(now.getTime() - 2 * LOCK_MS))
    .execute();
  const { rows } = await sql<{ count: number; locked_until: Date | null }>`
    insert into sign_in_failures as f (email_hash, count, since) values (${emailHash(email)}, 1, ${now})
    on conflict (email_hash) do update set
      count = case when f.locked_until > ${now} then f.count when f.since < ${windowStart} or f.locked_until is not null then 1 else f.count + 1 end,
      since = case when f.since < ${windowStart} or f.locked_until <= ${now} then ${now} else f.since end,
      locked_until = case when f.locked_until > ${now} then f.locked_until
        when f.since >= ${windowStart} and f.locked_until is null and f.count + 1 > ${FAILURES_MAX} then ${new Date(now.getTime() + LOCK_MS)}::timestamptz
        else null end
    returning count, locked_until`.execute(tx);
  const until = rows[0]?.locked_until ?? null;
  return until === null ? null : new LazaretError('auth.locked', `Try again after ${until.toISOString()}.`);
}

export async function clearFailures(tx: IdentityTransaction, email: string): Promise<void> {
  await tx.deleteFrom('sign_in_failures').where('email_hash', '=', emailHash(email)).execute();
}

function emailHash(email: string): Buffer {
  return createHash('sha256').update(email.trim().toLowerCase()).digest();
}
