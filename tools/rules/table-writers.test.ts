// SPDX-License-Identifier: Apache-2.0
// Each table of the manager's database is written by one feature: who changes what a row means has one place to look. Others call that feature, in their own
// transaction.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tablesOf, type Write, writesOf } from './table-writers.ts';

const MANAGER = join(import.meta.dirname, '../../packages/manager/src');
const NO_PRODUCT = /(?:\.test|(?:^|\/)test-[^/]+)\.ts$|^testing\/|^database\/migrations\//;

interface Found extends Write {
  readonly file: string;
}

const at = (file: string, { table, by }: Write): Found => ({ file, table, by });
const read = (file: string): string => readFileSync(join(MANAGER, file), 'utf8');
/** The folder below `src`; a file that stands in none is one of its own. */
const featureOf = (file: string): string => file.split('/')[0] ?? file;

const TABLES = new Set(globSync('database/tables/*.ts', { cwd: MANAGER }).flatMap((file) => tablesOf(read(file))));
const files = globSync('**/*.ts', { cwd: MANAGER }).filter((file) => !NO_PRODUCT.test(file));

function writersOf(found: readonly Found[]): Map<string, Set<string>> {
  const writers = new Map(Array.from(TABLES, (table) => [table, new Set<string>()]));
  for (const { table, file } of found)
    if (table !== null) writers.set(table, (writers.get(table) ?? new Set()).add(featureOf(file)));
  return writers;
}

/** What is wrong with it, in words. */
function faultsOf(found: readonly Found[]): string[] {
  const unnamed = found.filter(({ table }) => table === null).map(({ file, by }) => `${file}: ${by} names no table`);
  const shared = Array.from(writersOf(found)).flatMap(([table, features]) => {
    if (!TABLES.has(table)) return [`${table} is written, and is no table that Kysely knows`];
    return features.size === 1 ? [] : [`${table} is written by ${[...features].toSorted().join(', ') || 'nobody'}`];
  });
  return [...unnamed, ...shared].toSorted();
}

const found: readonly Found[] = files.flatMap((file) => writesOf(read(file), TABLES).map((write) => at(file, write)));

test('each table of the manager is written by one feature', () => {
  assert.ok(files.length > 150, `${files.length} files`);
  assert.ok(TABLES.size >= 40, `${TABLES.size} tables`);
  assert.ok(found.length > 80, `${found.length} writes`);
  assert.deepEqual(faultsOf(found), []);
});

test('a write of another feature is seen, in each form', () => {
  const forms: readonly string[] = [
    "await tx.insertInto('vms').values(row).execute();",
    "await tx.insertInto('vms as v').values(row).execute();",
    'await tx\n  // why\n  .updateTable(\n    `vms`,\n  )\n  .set(row);',
    "await tx?.updateTable('vms as v').set(row).execute();",
    "await tx.updateTable(['vms as v', 'groups as g']).set(row).execute();",
    "await tx.deleteFrom('lazaret.vms').execute();",
    "await tx.deleteFrom(['vms as v']).using('groups').execute();",
    "await tx.mergeInto('vms as v').using('groups', 'a', 'b').execute();",
    "const all = tx.with('gone', (db) => db.deleteFrom('vms').returning('id')).selectFrom('gone');",
    'await sql`insert into lazaret.vms as v (id) values (${id})`.execute(tx);',
    'await sql<{ id: string }>`with gone as (delete from vms v where v.id = ${id} returning id) select id from gone`.execute(tx);',
    'await sql`update only "lazaret"."vms" set name = ${name}`.execute(tx);',
    'await sql`UPDATE\n  vms v SET name = ${name}`.execute(tx);',
    'await sql`merge into vms using groups on true when matched then delete`.execute(tx);',
    "await sql.raw('truncate table vms').execute(tx);",
    "await client.query('delete from only vms where id = $1', [id]);",
    "const text = 'delete from lazaret.vms';\nawait client.query(text);",
    'await client.query(`copy vms from stdin`);',
  ];
  for (const form of forms) {
    const planted = writesOf(form, TABLES).map((write) => at('planted/deep/planted.ts', write));
    assert.ok(
      faultsOf([...found, ...planted]).includes('vms is written by planted, vms'),
      `${form}: ${JSON.stringify(planted)}`,
    );
  }
});

test('a table that the source does not name, that nobody writes, or that Kysely does not know, is told', () => {
  const unnamed = [
    'await tx.insertInto(table).values(row).execute();',
    'await tx.updateTable(`${name}s` as never).set(row).execute();',
    'await sql`delete from ${sql.table(name)} where id = ${id}`.execute(tx);',
    'await client.query(`update lazaret.${name} set a = 1`);',
  ];
  for (const form of unnamed)
    assert.deepEqual(
      writesOf(form, TABLES).map(({ table }) => table),
      [null],
      form,
    );
  const [one = assert.fail()] = writesOf(unnamed[0] ?? '', TABLES);
  assert.deepEqual(faultsOf([...found, at('vms/a.ts', one)]), ['vms/a.ts: insertInto names no table']);
  assert.deepEqual(faultsOf(found.filter(({ table }) => table !== 'vms')), ['vms is written by nobody']);
  const unknown = writesOf("tx.deleteFrom('vans');", TABLES).map((write) => at('vms/a.ts', write));
  assert.deepEqual(faultsOf([...found, ...unknown]), ['vans is written, and is no table that Kysely knows']);
});

test('what only reads, locks or speaks of it is no write', () => {
  const harmless: readonly string[] = [
    "// tx.deleteFrom('vms')\n/* delete from lazaret.vms */",
    "await tx.selectFrom('vms').selectAll().forUpdate().execute();",
    'await sql`select id from lazaret.vms for update skip locked`.execute(tx);',
    'await sql`select v.id from vms v for update of v`.execute(tx);',
    "const summary = 'Update settings, or delete from groups';",
    "log.info('a copy of commands');",
    'await sql`insert into migrations.${name} select 1`.execute(tx);',
  ];
  for (const form of harmless) assert.deepEqual(writesOf(form, TABLES), [], form);
  const twice = 'await sql`insert into groups as g (id) values (1) on conflict (id) do update set id = 1`.execute(tx);';
  assert.deepEqual(writesOf(twice, TABLES), [{ table: 'groups', by: 'insert into' }]);
});
