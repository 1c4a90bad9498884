// SPDX-License-Identifier: Apache-2.0
// The one door to the database. Owns: the pool, the listening connection. Every transaction takes on a role that can do little: `asTenant` sees the
// rows of one tenant, because row-level security says so and not because a query remembers to; `asIdentity` sees users and tenants.
// Who closes: `close`, by the composition root.
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { LazaretError } from '@lazaret/core';
import pg from 'pg';
import type { Connections } from './connections.ts';
import { guarded } from './outage.ts';
import { createListener, type Listener } from './listener.ts';
import type { IdentityTables, Tables } from './tables/index.ts';

export type TenantTransaction = Transaction<Tables>;
export type IdentityTransaction = Transaction<IdentityTables>;

export interface Database {
  /** Runs work on the rows of one tenant, in one transaction. */
  asTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** Runs work on users, tenants, sessions. `auditOf`: the tenant whose audit a change is written to (default: the provider's). */
  asIdentity<T>(work: (tx: IdentityTransaction) => Promise<T>, auditOf?: string): Promise<T>;
  /** Calls `handler` for each NOTIFY on a channel, and with null when some may have been missed. Resolves to the way to end it. */
  listen(channel: string, handler: (payload: string | null) => void): Promise<() => void>;
  /** Whether the database answers now. */
  isAnswering(): Promise<boolean>;
  close(): Promise<void>;
}

/** At once from one process; a request waits for its turn, and gives up after connectionTimeoutMillis. */
const CONNECTIONS_MAX = 20;
const STATEMENT_TIMEOUT_MS = 60_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PROVIDER = '00000000-0000-0000-0000-000000000000';

export function openDatabase({ service }: Connections): Database {
  const pool = new pg.Pool({
    ...service,
    max: CONNECTIONS_MAX,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A server that is frozen does not even say that it is late.
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  // An idle connection that breaks is replaced at the next use; without a handler it would end the process.
  pool.on('error', () => undefined);
  // One that breaks while it is at work tells its query, and says it a second time as an event.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const tenants = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const identity = new Kysely<IdentityTables>({ dialect: new PostgresDialect({ pool }) });
  let listener: Listener | null = null;
  return {
    asTenant: (tenantId, work) => {
      if (!UUID.test(tenantId)) return Promise.reject(new LazaretError('api.not_found', 'This tenant does not exist.'));
      return guarded(() =>
        tenants.transaction().execute(async (tx) => {
          await takeOn(tx, 'lazaret_app', 'lazaret', tenantId);
          return work(tx);
        }),
      );
    },
    asIdentity: (work, auditOf = PROVIDER) =>
      guarded(() =>
        identity.transaction().execute(async (tx) => {
          await takeOn(tx, 'lazaret_identity', 'identity', auditOf);
          return work(tx);
        }),
      ),
    listen: (channel, handler) => (listener ??= createListener(service)).listen(channel, handler),
    isAnswering: () =>
      pool
        .query('select 1')
        .then(() => true)
        .catch(() => false),
    close: async () => {
      await listener?.close();
      await pool.end();
    },
  };
}

/** The rights, the names and the tenant of this transaction, in one round trip. They end with it. */
async function takeOn(
  tx: Transaction<Tables> | Transaction<IdentityTables>,
  role: string,
  schema: string,
  tenantId: string,
): Promise<void> {
  await sql`select set_config('search_path', ${schema}, true), set_config('lazaret.tenant', ${tenantId}, true),
    set_config('role', ${role}, true)`.execute(tx);
}
