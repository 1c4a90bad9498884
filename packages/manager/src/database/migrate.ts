// SPDX-License-Identifier: Apache-2.0
// Brings the schema forward, never back, by Kysely's migrator. Owns: the advisory lock under which one manager at a time migrates, and the table of what was done.
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration as KyselyMigration, Migrator } from 'kysely/migration';
import { LazaretError } from '@lazaret/core';
import pg from 'pg';
import type { Connections } from './connections.ts';
import { ROLE_STATEMENTS } from './migrations/0001-schemas-and-roles.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migration.ts';
import { withClient } from './outage.ts';

/** Any number will do as long as nobody else uses it. */
const LOCK = 7_262_538;
/** In schema `migrations`, as Kysely makes it. */
const TABLE = 'applied';

export interface MigrateOptions {
  /** The last one to do; tests stop at an earlier schema. */
  readonly upTo?: string;
  readonly migrations?: readonly Migration[];
}

/** Does what is missing, all of it or nothing. Returns the names of what was done. */
export async function migrate({ owner }: Connections, options: MigrateOptions = {}): Promise<readonly string[]> {
  const known = options.migrations ?? MIGRATIONS;
  try {
    return await withClient(owner, async (client) => {
      await client.query('select pg_advisory_lock($1)', [LOCK]);
      const done = await adoptTable(client);
      requireKnown(done, known);
      const last = wanted(known, options.upTo).findLast(({ name }) => !done.has(name));
      return last === undefined ? [] : await applyUpTo(last.name, owner, known);
    });
  } catch (error) {
    throw explain(error);
  }
}

/** The roles of the server, without which a dump cannot be put back. */
export async function createRoles(client: pg.Client): Promise<void> {
  for (const statement of ROLE_STATEMENTS) await client.query(statement);
}

export function knownMigrations(): readonly string[] {
  return MIGRATIONS.map(({ name }) => name);
}

function wanted(migrations: readonly Migration[], upTo: string | undefined): readonly Migration[] {
  if (upTo === undefined) return migrations;
  return migrations.slice(0, migrations.findIndex(({ name }) => name === upTo) + 1);
}

/**
 * Before Kysely's migrator the names stood in a table of our own, `migrations.done`: they are taken over as it keeps them. `done` is a view since: older
 * managers and backups read the names there. With microseconds: 0064 compares an instant of them with what was withdrawn in it. Answers the names of what
 * was done.
 */
async function adoptTable(client: pg.Client): Promise<ReadonlySet<string>> {
  await client.query('begin');
  try {
    for (const statement of ADOPT) await client.query(statement);
    const { rows } = await client.query<{ name: string }>('select name from migrations.done');
    await client.query('commit');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const ADOPT = [
  'create schema if not exists migrations',
  `create table if not exists migrations.${TABLE} (name varchar(255) primary key, timestamp varchar(255) not null)`,
  `do $$ begin
    if exists (select from pg_class where oid = to_regclass('migrations.done') and relkind = 'r') then
      insert into migrations.${TABLE} select name, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from migrations.done;
      drop table migrations.done;
    end if;
  end $$`,
  `create or replace view migrations.done as select name::text, timestamp::timestamptz as at from migrations.${TABLE}`,
];

function requireKnown(done: ReadonlySet<string>, known: readonly Migration[]): void {
  const strange = [...done].filter((name) => !known.some((migration) => migration.name === name));
  if (strange.length > 0)
    throw new LazaretError(
      'database.newer_schema',
      `The database has migrations that this program does not know: ${strange.join(', ')}.`,
    );
}

async function applyUpTo(
  last: string,
  owner: pg.ClientConfig,
  known: readonly Migration[],
): Promise<readonly string[]> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ ...owner, max: 1 }) }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(known.map(asKysely))) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
    migrationTableSchema: 'migrations',
    // Kysely takes the times in the table for the order. A clock that stood wrong is no reason not to start; what is unknown is refused before.
    allowUnorderedMigrations: true,
  });
  try {
    const { error, results = [] } = await migrator.migrateTo(last);
    if (error !== undefined) throw error;
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}

const asKysely = ({ name, statements }: Migration): readonly [string, KyselyMigration] => [
  name,
  {
    up: async (db) => {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  },
];

function explain(error: unknown): unknown {
  const state = error instanceof Error && 'code' in error ? error.code : '';
  if (state !== '42501') return error;
  return new LazaretError('database.rights_missing', `PostgreSQL refused a migration: ${(error as Error).message}.`, {
    cause: error,
  });
}
