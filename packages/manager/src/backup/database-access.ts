// SPDX-License-Identifier: Apache-2.0
// Gives a command access to the database: to that of a running manager, or to the manager's own cluster, which is started for the duration of the command.
import type pg from 'pg';
import {
  clusterConnections,
  type Connections,
  createLazaretDatabase,
  startOwnCluster,
  urlConnections,
} from '../database/index.ts';
import type { ManagerConfig } from '../manager.ts';

export async function withConnections<T>(
  { databaseUrl, paths }: ManagerConfig,
  work: (connections: Connections) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== null) return work(urlConnections(databaseUrl));
  const cluster = await startOwnCluster({ dataDirectory: paths.postgresData, socketDirectory: paths.postgresSocket });
  try {
    await createLazaretDatabase(cluster.socketDirectory);
    return await work(clusterConnections(cluster.socketDirectory));
  } finally {
    // One that a manager still uses stays.
    await cluster.stop();
  }
}

/** How PostgreSQL's own programs are told where the database is: by their environment, so that no password stands in a list of processes. */
export function programEnvironment({ owner }: Connections): Readonly<Record<string, string>> {
  if (owner.connectionString !== undefined) return environmentOfUrl(new URL(owner.connectionString));
  return environmentOf({
    PGHOST: owner.host,
    PGPORT: owner.port === undefined ? undefined : String(owner.port),
    PGUSER: owner.user,
    PGDATABASE: owner.database,
    PGPASSWORD: typeof owner.password === 'string' ? owner.password : undefined,
  });
}

function environmentOfUrl(url: URL): Readonly<Record<string, string>> {
  const text = (value: string): string | undefined => (value === '' ? undefined : decodeURIComponent(value));
  return environmentOf({
    PGHOST: url.searchParams.get('host') ?? text(url.hostname),
    PGPORT: text(url.port),
    PGUSER: text(url.username),
    PGPASSWORD: text(url.password),
    PGDATABASE: text(url.pathname.slice(1)),
    PGSSLMODE: url.searchParams.get('sslmode') ?? undefined,
    PGSSLROOTCERT: url.searchParams.get('sslrootcert') ?? undefined,
  });
}

function environmentOf(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Names of the migrations that a database has; null where it has none of ours. */
export async function readMigrations(client: pg.Client): Promise<readonly string[] | null> {
  const there = await client.query<{ there: boolean }>(`select to_regclass('migrations.done') is not null as there`);
  if (there.rows[0]?.there !== true) return null;
  const done = await client.query<{ name: string }>('select name from migrations.done order by name');
  return done.rows.map(({ name }) => name);
}
