// SPDX-License-Identifier: Apache-2.0
// Known browsers: a person who has signed in with all factors gets a cookie. With it the next sign-in has a budget and a place in the queue that strangers
// cannot use up. The cookie is not a factor and gives no access. It owns the table `known_devices`.
import type { IdentityTransaction } from '../../database/index.ts';
import { newToken } from '../factors/secrets.ts';

export const DEVICE_MS = 180 * 24 * 3_600_000;
const DEVICES_OF_ONE_MAX = 20;

/** Whether anybody has signed in there; `userId`: whether that very person has. */
export async function isKnownDevice(
  tx: IdentityTransaction,
  device: Buffer,
  now: Date,
  userId: string | null = null,
): Promise<boolean> {
  let query = tx
    .selectFrom('known_devices')
    .select('user_id')
    .where('token_hash', '=', device)
    .where('seen_at', '>', new Date(now.getTime() - DEVICE_MS));
  if (userId !== null) query = query.where('user_id', '=', userId);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** A new token for the browser: what it carried before is worth nothing any more, for all who sign in there. */
export async function rememberDevice(
  tx: IdentityTransaction,
  before: Buffer | null,
  userId: string,
  now: Date,
): Promise<string> {
  const { token, hash } = newToken();
  if (before !== null)
    await tx.updateTable('known_devices').set({ token_hash: hash }).where('token_hash', '=', before).execute();
  await tx
    .insertInto('known_devices')
    .values({ token_hash: hash, user_id: userId, seen_at: now })
    .onConflict((row) => row.columns(['token_hash', 'user_id']).doUpdateSet({ seen_at: now }))
    .execute();
  await forgetOldest(tx, userId);
  return token;
}

/** Who sets a new password by a link may have lost a browser, too. */
export async function forgetDevices(tx: IdentityTransaction, userId: string): Promise<void> {
  await tx.deleteFrom('known_devices').where('user_id', '=', userId).execute();
}

async function forgetOldest(tx: IdentityTransaction, userId: string): Promise<void> {
  const kept = tx
    .selectFrom('known_devices')
    .select('token_hash')
    .where('user_id', '=', userId)
    .orderBy('seen_at', 'desc')
    .limit(DEVICES_OF_ONE_MAX);
  await tx.deleteFrom('known_devices').where('user_id', '=', userId).where('token_hash', 'not in', kept).execute();
}
