// SPDX-License-Identifier: Apache-2.0
// What the database itself says about its tables, asked of its catalogue: so that a migration that forgets the tenant fails here and not in the field.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { testDatabase } from '../testing/test-database.ts';

const { connections } = await testDatabase({ after });
const client = new pg.Client(connections.owner);
before(async () => {
  await client.connect();
  // A month's partitions are made as events come: they are held to the same.
  await client.query('select lazaret.ensure_month(now())');
});
after(() => client.end());

async function rows<T extends pg.QueryResultRow>(query: string): Promise<T[]> {
  return (await client.query<T>(query)).rows;
}

/** Schemas that are exempt from "every key begins with the tenant", each by name with why. */
const EXEMPT: Readonly<Record<string, string>> = {
  identity: 'users, sessions and tokens are what leads to a tenant; who signs in has none yet',
  jobs: 'pg-boss’s own tables; a job carries ids, and its worker takes on the tenant',
  migrations: 'one list for the whole database',
};

/** Tables whose rows of the provider's tenant every tenant may read: the second policy, and why. */
const SHARED: Readonly<Record<string, string>> = {
  notices: 'maintenance is told to those that it is for',
  terms: 'terms hold for all',
  releases: 'pattern releases are for all',
  release_files: 'pattern releases are for all',
  file_parts: 'pattern releases are for all',
};

describe('the catalogue', () => {
  it('MG-8a, MG-2a: there are no schemas but ours, and those that are exempt are so by name', async () => {
    const found = await rows<{ nspname: string }>(
      "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
    );
    const names = found.map(({ nspname }) => nspname).filter((name) => name !== 'public');
    assert.deepEqual(names, [...Object.keys(EXEMPT), 'lazaret'].toSorted());
    const inPublic = await rows(
      "select 1 from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    );
    assert.equal(inPublic.length, 0);
  });

  it('MG-8a: every primary and unique key of schema lazaret begins with the tenant', async () => {
    const keys = await rows<{ name: string; first: string | null }>(`
      select i.indexrelid::regclass::text as name, a.attname as first from pg_index i
      join pg_class c on c.oid = i.indrelid left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where c.relnamespace = 'lazaret'::regnamespace and (i.indisunique or i.indisprimary)`);
    assert.ok(keys.length >= 10, `only ${keys.length} keys`);
    assert.deepEqual(
      keys.filter(({ first }) => first !== 'tenant_id'),
      [],
    );
    const without =
      await rows(`select relname from pg_class c where relnamespace = 'lazaret'::regnamespace and relkind in ('r', 'p')
      and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`);
    assert.deepEqual(without, [], 'every table has a primary key');
  });

  it('MG-8a: every foreign key inside schema lazaret carries the tenant', async () => {
    const keys = await rows<{ name: string; first: string; target: string }>(`
      select conname as name, a.attname as first, f.attname as target from pg_constraint k
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
      where k.contype = 'f' and k.connamespace = 'lazaret'::regnamespace`);
    assert.ok(keys.length > 0);
    assert.deepEqual(
      keys.filter(({ first, target }) => first !== 'tenant_id' || target !== 'tenant_id'),
      [],
    );
  });

  it('MG-2a: row-level security is forced on every table that the application may touch', async () => {
    const open = await rows(`
      select c.relname from pg_class c where c.relnamespace = 'lazaret'::regnamespace and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity)
      and (not c.relispartition or has_table_privilege('lazaret_app', c.oid, 'select, insert, update, delete'))`);
    assert.deepEqual(open, []);
    const views = await rows(
      `select relname from pg_class where relnamespace = 'lazaret'::regnamespace and relkind in ('v', 'm')`,
    );
    assert.deepEqual(views, [], 'a view would read with its owner’s eyes');
  });

  it('MG-2a: each table has the one policy of the tenant; a second one only reads, on tables that are named', async () => {
    const policies = await rows<{ table: string; cmd: string; qual: string; check: string | null }>(
      `select tablename as table, cmd, qual, with_check as check from pg_policies where schemaname = 'lazaret'`,
    );
    const own = "(tenant_id = (NULLIF(current_setting('lazaret.tenant'::text, true), ''::text))::uuid)";
    const tables = await rows<{ relname: string }>(
      `select relname from pg_class where relnamespace = 'lazaret'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    for (const { relname } of tables) {
      const mine = policies.filter(({ table }) => table === relname);
      assert.equal(
        mine.filter(({ cmd, qual, check }) => cmd === 'ALL' && qual === own && check === own).length,
        1,
        relname,
      );
      const others = mine.filter(({ cmd }) => cmd !== 'ALL');
      assert.ok(
        others.length === 0 || (others.length === 1 && others[0]?.cmd === 'SELECT' && relname in SHARED),
        relname,
      );
    }
  });

  it('MG-2a: the roles of the application are weak: no superuser, no way round, no owner, no other schema', async () => {
    const roles = await rows<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean; rolcanlogin: boolean }>(
      `select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname in ('lazaret_app', 'lazaret_identity', 'lazaret_jobs')`,
    );
    assert.equal(roles.length, 3);
    assert.ok(roles.every(({ rolsuper, rolbypassrls, rolcanlogin }) => !rolsuper && !rolbypassrls && !rolcanlogin));
    const service = await rows(
      "select 1 from pg_roles where rolname = 'lazaret_service' and not rolsuper and not rolbypassrls and not rolinherit",
    );
    assert.equal(service.length, 1);
    const rightsOf = (role: string, schema: string) =>
      rows<{ right: string }>(`
        select distinct c.relname || ' ' || p.privilege_type as right from pg_class c, aclexplode(c.relacl) p
        where c.relnamespace = '${schema}'::regnamespace and p.grantee = '${role}'::regrole order by 1`);
    assert.deepEqual(await rightsOf('lazaret_app', 'identity'), []);
    assert.deepEqual(await rightsOf('lazaret_app', 'jobs'), []);
    assert.deepEqual(await rightsOf('lazaret_identity', 'jobs'), []);
    assert.deepEqual(await rightsOf('lazaret_identity', 'lazaret'), [{ right: 'audit INSERT' }]);
    const owned = await rows(
      `select relname from pg_class where relnamespace in ('lazaret'::regnamespace, 'identity'::regnamespace) and relowner <> (select oid from pg_roles where rolname = current_user)`,
    );
    assert.deepEqual(owned, []);
  });

  it('MG-2a: a raw connection with the application’s role and no tenant sees no row and writes none', async () => {
    const raw = new pg.Client({ ...connections.service, options: '-c role=lazaret_app' });
    await raw.connect();
    const tables = await rows<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c where relnamespace = 'lazaret'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    try {
      for (const { name } of tables) {
        const found = await raw.query(`select 1 from ${name} limit 1`);
        assert.equal(found.rowCount, 0, name);
      }
      for (const statement of [
        'set role lazaret_owner',
        'set session authorization lazaret_owner',
        'set row_security = off; select * from lazaret.policies',
        'alter table lazaret.policies disable row level security',
        'select * from identity.users',
        "insert into lazaret.groups (tenant_id, id, name) values (gen_random_uuid(), gen_random_uuid(), 'planted')",
      ])
        await assert.rejects(
          raw.query(statement),
          /permission denied|must be owner|row-level security|row security/,
          statement,
        );
    } finally {
      await raw.end();
    }
  });
});
