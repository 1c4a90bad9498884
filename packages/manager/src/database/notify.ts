// SPDX-License-Identifier: Apache-2.0
// Wakes other managers: NOTIFY in the transaction of the row, so that nobody hears of a change that was rolled back, and every manager hears of the others.
import { sql, type Transaction } from 'kysely';
import type { LiveTopic } from '@lazaret/contract';

/** Any of our transactions. */
// oxlint-disable-next-line typescript/no-explicit-any -- Kysely's Transaction is invariant in its tables
export type AnyTransaction = Transaction<any>;

export const LIVE_CHANNEL = 'lazaret_live';

export async function notify(tx: AnyTransaction, channel: string, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(tx);
}

/** Tells the open pages of a tenant what to fetch again; it carries no data. */
export async function notifyLive(
  tx: AnyTransaction,
  tenantId: string,
  topic: LiveTopic,
  id: string | null = null,
): Promise<void> {
  await notify(tx, LIVE_CHANNEL, `${tenantId} ${topic} ${id ?? ''}`.trim());
}
