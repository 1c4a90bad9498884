// SPDX-License-Identifier: Apache-2.0
// The list of what a tenant granted, newest first. Ids are in the order of time.
import { sql } from 'kysely';
import type { IdentityTransaction } from '../../database/index.ts';
import type { PageOf } from '../accounts/users.ts';

/** One row more than `limit` where there is a next page. */
export async function readNewest<Row>(
  tx: IdentityTransaction,
  table: 'api_tokens' | 'consents',
  tenantId: string,
  limit: number,
  afterId: string | null,
): Promise<PageOf<Row>> {
  const from = sql.table(table);
  const before = afterId === null ? sql`true` : sql`id < ${afterId}`;
  const { rows } = await sql<Row>`select * from ${from} where tenant_id = ${tenantId} and ${before}
    order by id desc limit ${limit + 1}`.execute(tx);
  const count = await sql<{
    readonly total: number;
  }>`select count(*) as total from ${from} where tenant_id = ${tenantId}`.execute(tx);
  return { rows, total: count.rows[0]?.total ?? 0 };
}
