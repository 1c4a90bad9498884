// SPDX-License-Identifier: Apache-2.0
// Brings the schema forward, never back. Owns: the advisory lock under which one manager at a time migrates, and the table of what was done.
import type pg from 'pg';
import { LazaretError } from '@lazaret/core';
import type { Connections } from './connections.ts';
import { ROLE_STATEMENTS } from './migrations/0001-schemas-and-roles.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migration.ts';
import { withClient } from './outage.ts';

/** Any number will do as long as nobody else uses it. */
const LOCK = 7_262_538;

export interface MigrateOptions {
  /** The last one to do; tests stop at an earlier schema. */
  readonly upTo?: string;
  readonly migrations?: readonly Migration[];
}

/** Does what is missing, each migration in a transaction of its own. Returns their names. */
export async function migrate({ owner }: Connections, options: MigrateOptions = {}): Promise<readonly string[]> {
  const migrations = options.migrations ?? MIGRATIONS;
  try {
    return await withClient(owner, async (client) => {
      await client.query('select pg_advisory_lock($1)', [LOCK]);
      return await applyMissing(client, wanted(migrations, options.upTo), migrations);
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

async function applyMissing(
  client: pg.Client,
  migrations: readonly Migration[],
  known: readonly Migration[],
): Promise<readonly string[]> {
  await client.query('create schema if not exists migrations');
  await client.query(
    'create table if not exists migrations.done (name text primary key, at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ name: string }>('select name from migrations.done');
  const done = new Set(rows.map(({ name }) => name));
  const strange = [...done].filter((name) => !known.some((migration) => migration.name === name));
  if (strange.length > 0)
    throw new LazaretError(
      'database.newer_schema',
      `The database has migrations that this program does not know: ${strange.join(', ')}.`,
    );
  const missing = migrations.filter(({ name }) => !done.has(name));
  for (const migration of missing) await apply(client, migration);
  return missing.map(({ name }) => name);
}

async function apply(client: pg.Client, { name, statements }: Migration): Promise<void> {
  await client.query('begin');
  try {
    for (const statement of statements) await client.query(statement);
    await client.query('insert into migrations.done (name) values ($1)', [name]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function explain(error: unknown): unknown {
  const state = error instanceof Error && 'code' in error ? error.code : '';
  if (state !== '42501') return error;
  return new LazaretError('database.rights_missing', `PostgreSQL refused: ${(error as Error).message}.`, {
    cause: error,
  });
}
