// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { uuidV7 } from '@lazaret/contract';
import pg from 'pg';
import { testDatabase } from '../test-database.ts';
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
    await client.query("insert into migrations.done (name) values ('9999-of-tomorrow')");
    await client.end();
    await assert.rejects(migrate(connections), { code: 'database.newer_schema' });
  });
});
