// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { uuidV7 } from '@lazaret/contract';
import pg from 'pg';
import { testDatabase } from '../testing/test-database.ts';
import { knownMigrations, migrate, openDatabase } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';

const id = (): string => uuidV7(Date.now(), randomBytes(10));

describe('migrations', () => {
  it('every earlier schema with data in it comes forward, and the data is as before', async () => {
    for (const [at, { name }] of MIGRATIONS.entries()) {
      if (at < MIGRATIONS.findIndex((one) => one.name === '0003-identity')) continue;
      const { connections } = await testDatabase({ after }, { empty: true });
      await migrate(connections, { upTo: name });
      const tenantId = id();
      const database = openDatabase(connections);
      await database.asIdentity(async (tx) => {
        await tx.insertInto('tenants').values({ id: tenantId, name: 'kept', suspended_at: null }).execute();
        await tx
          .insertInto('users')
          .values({
            id: id(),
            email: 'kept@example.com',
            name: 'K',
            language: 'ja',
            password_hash: 'h',
            totp_sealed: null,
            totp_enabled_at: null,
          })
          .execute();
      });
      const policy = { tenant_id: tenantId, id: id(), name: 'kept', revision: 1, hash: 'a'.repeat(64) };
      await database.asTenant(tenantId, (tx) => tx.insertInto('policies').values(policy).execute());
      const done = await migrate(connections);
      assert.deepEqual(done, knownMigrations().slice(at + 1));
      const read = await database.asTenant(tenantId, (tx) =>
        tx.selectFrom('policies').select(['id', 'name']).execute(),
      );
      assert.deepEqual(read, [{ id: policy.id, name: 'kept' }]);
      const users = await database.asIdentity((tx) => tx.selectFrom('users').select('email').execute());
      assert.deepEqual(users, [{ email: 'kept@example.com' }]);
      await database.close();
    }
  });

  it('MG-2d: tokens, links and invitations of before are adopted: each gets its maker, and an end', async () => {
    const { connections } = await testDatabase({ after }, { empty: true });
    await migrate(connections, { upTo: '0041-knocks' });
    const [tenant, user, lasting, foreign, open, lost] = [id(), id(), id(), id(), id(), id()];
    const client = new pg.Client(connections.owner);
    await client.connect();
    const run = (text: string, ...values: readonly unknown[]) => client.query(text, [...values]);
    await run(`insert into identity.tenants (id, name) values ($1, 'T')`, tenant);
    await run(
      `insert into identity.users (id, email, name, language) values ($1, 'Maker@example.com', 'M', 'en')`,
      user,
    );
    await run(`insert into identity.memberships (tenant_id, user_id, role) values ($1, $2, 'admin')`, tenant, user);
    const token = `insert into identity.api_tokens (id, tenant_id, token_hash, name, rights, created_by, created_at)
      values ($1::uuid, $2, sha256($1::text::bytea), 'n', '{vms.read}', $3, now())`;
    await run(token, lasting, tenant, 'maker@example.com');
    await run(token, foreign, tenant, 'somebody@example.com');
    const invitation = `insert into identity.invitations (id, tenant_id, email, role, created_at, expires_at)
      values ($1::uuid, $2, $1::text, 'operator', now(), now() + interval '1 day')`;
    for (const one of [open, lost]) await run(invitation, one, tenant);
    await run(
      `insert into lazaret.audit (tenant_id, id, actor_kind, actor_id, actor_name, action, subject)
       values ($1, $2, 'user', $3, 'm', 'users.invite', 'invitation:' || $4)`,
      tenant,
      id(),
      user,
      open,
    );
    await run(
      `insert into identity.one_time_links (token_hash, purpose, user_id, expires_at) values ('x', 'password', $1, now() + interval '1 day')`,
      user,
    );
    await migrate(connections);
    const tokens = await run(
      'select id, made_by, expires_at is not null as ends from identity.api_tokens order by made_by',
    );
    assert.deepEqual(tokens.rows, [
      { id: lasting, made_by: user, ends: true },
      { id: foreign, made_by: null, ends: true },
    ]);
    assert.deepEqual((await run('select id, made_by from identity.invitations')).rows, [{ id: open, made_by: user }]);
    assert.equal((await run('select 1 from identity.one_time_links')).rowCount, 0);
    await client.end();
  });

  it('a database whose migrations stand in our own table, of before, is adopted with its data; an older program finds the names as before', async () => {
    const { connections } = await testDatabase({ after }, { empty: true });
    const at = knownMigrations().indexOf('0041-knocks');
    await migrate(connections, { upTo: '0041-knocks' });
    const client = new pg.Client(connections.owner);
    await client.connect();
    const tenant = id();
    await client.query(`insert into identity.tenants (id, name) values ($1, 'kept')`, [tenant]);
    // As it was: a table, and nothing of Kysely's.
    await client.query(`create table migrations.before (name text primary key, at timestamptz not null default now())`);
    await client.query(`insert into migrations.before select name, '2026-01-02T03:04:05.678Z' from migrations.applied`);
    // The clock of one manager stood wrong: a later migration has an earlier time.
    await client.query(`update migrations.before set at = '2026-01-01T00:00:00Z' where name = '0040-notifications'`);
    await client.query('drop view migrations.done');
    await client.query('drop table migrations.applied, migrations.applied_lock');
    await client.query('alter table migrations.before rename to done');
    assert.deepEqual(await migrate(connections), knownMigrations().slice(at + 1));
    assert.deepEqual(await migrate(connections), []);
    const names = await client.query('select name from migrations.done order by name');
    assert.deepEqual(
      names.rows.map(({ name }: { name: string }) => name),
      knownMigrations(),
    );
    const when = await client.query<{ at: Date }>("select at from migrations.done where name = '0041-knocks'");
    assert.equal(when.rows[0]?.at.toISOString(), '2026-01-02T03:04:05.678Z');
    assert.deepEqual((await client.query('select id, name from identity.tenants where id = $1', [tenant])).rows, [
      { id: tenant, name: 'kept' },
    ]);
    await client.end();
  });

  it('managers that start at the same moment migrate once, one after the other', async () => {
    const { connections } = await testDatabase({ after }, { empty: true });
    const done = await Promise.all([1, 2, 3].map(() => migrate(connections)));
    assert.deepEqual(done.flat(), [...knownMigrations()]);
  });

  it('one that fails leaves nothing behind, and a newer schema is refused', async () => {
    const { connections } = await testDatabase({ after }, { empty: true });
    const bad = { name: '9999-bad', statements: ['create table lazaret.half (tenant_id uuid)', 'select nonsense'] };
    await assert.rejects(migrate(connections, { migrations: [...MIGRATIONS, bad] }), /nonsense/);
    const client = new pg.Client(connections.owner);
    await client.connect();
    const half = await client.query("select to_regclass('lazaret.half') as half");
    assert.deepEqual(half.rows, [{ half: null }]);
    await client.query("insert into migrations.applied values ('9999-of-tomorrow', now()::text)");
    await client.end();
    await assert.rejects(migrate(connections), { code: 'database.newer_schema' });
  });
});
