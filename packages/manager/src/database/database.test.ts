// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { sql } from 'kysely';
import { uuidV7 } from '@lazaret/contract';
import { randomBytes } from 'node:crypto';
import { testDatabase } from '../testing/test-database.ts';
import { notify, startJobs } from './index.ts';

const id = (): string => uuidV7(Date.now(), randomBytes(10));
const { database, connections } = await testDatabase({ after });

async function addGroup(tenantId: string, name: string): Promise<void> {
  await database.asTenant(tenantId, (tx) =>
    tx.insertInto('groups').values({ tenant_id: tenantId, id: id(), name, policy_id: null }).execute(),
  );
}

describe('the door to the database', () => {
  it('MG-2a: a tenant sees its own rows, and cannot write those of another', async () => {
    const [left, right] = [id(), id()];
    await addGroup(left, 'left');
    const seen = await database.asTenant(right, (tx) => tx.selectFrom('groups').selectAll().execute());
    assert.deepEqual(seen, []);
    await assert.rejects(
      database.asTenant(right, (tx) =>
        tx.insertInto('groups').values({ tenant_id: left, id: id(), name: 'planted', policy_id: null }).execute(),
      ),
      /row-level security/,
    );
    await database.asTenant(right, (tx) => tx.updateTable('groups').set({ name: 'changed' }).execute());
    const kept = await database.asTenant(left, (tx) => tx.selectFrom('groups').select('name').execute());
    assert.deepEqual(kept, [{ name: 'left' }]);
  });

  it('MG-2a: the role of tenants reads no identity, the role of identity reads no rows of tenants', async () => {
    await assert.rejects(
      database.asTenant(id(), (tx) => sql`select * from identity.tenants`.execute(tx)),
      /permission denied/,
    );
    await assert.rejects(
      database.asIdentity((tx) => sql`select * from lazaret.groups`.execute(tx)),
      /permission denied/,
    );
  });

  it('rights end with the transaction, also with one that failed', async () => {
    await assert.rejects(
      database.asTenant(id(), () => Promise.reject(new Error('planted'))),
      /planted/,
    );
    const names = await database.asIdentity((tx) => tx.selectFrom('tenants').select('name').execute());
    assert.deepEqual(names, [{ name: 'provider' }]);
  });

  it('what is no tenant id is refused before it is asked', async () => {
    await assert.rejects(
      database.asTenant("x'; drop table", () => Promise.resolve()),
      { code: 'api.not_found' },
    );
  });

  it('a notification is heard when its transaction is committed, and not when it is rolled back', async () => {
    const heard: (string | null)[] = [];
    const wake = Promise.withResolvers<void>();
    const end = await database.listen('lazaret_test', (payload) => {
      heard.push(payload);
      if (payload === 'last') wake.resolve();
    });
    await assert.rejects(
      database.asTenant(id(), async (tx) => {
        await notify(tx, 'lazaret_test', 'rolled back');
        throw new Error('planted');
      }),
    );
    await database.asTenant(id(), (tx) => notify(tx, 'lazaret_test', 'first'));
    await database.asIdentity((tx) => notify(tx, 'lazaret_test', 'last'));
    await wake.promise;
    end();
    assert.deepEqual(heard, ['first', 'last']);
  });
});

describe('jobs', () => {
  it('a job exists exactly when its row does, and is done', async (t) => {
    const jobs = await startJobs(connections, (error) => assert.fail(error));
    t.after(() => jobs.stop());
    const tenantId = id();
    const done: string[] = [];
    const wake = Promise.withResolvers<void>();
    const queue = { name: 'test', retryLimit: 2, retryDelaySeconds: 1, retryDelayMaxSeconds: 2, expireInSeconds: 60 };
    await jobs.ensureQueue(queue);
    await assert.rejects(
      database.asTenant(tenantId, async (tx) => {
        await jobs.send(tx, 'test', { name: 'rolled back' });
        throw new Error('planted');
      }),
    );
    await database.asTenant(tenantId, async (tx) => {
      await jobs.send(tx, 'test', { name: 'kept' });
      // The transaction is a tenant's again.
      await tx
        .insertInto('groups')
        .values({ tenant_id: tenantId, id: id(), name: 'with a job', policy_id: null })
        .execute();
    });
    await jobs.work<{ name: string }>(queue, ({ name }) => {
      done.push(name);
      wake.resolve();
      return Promise.resolve();
    });
    await wake.promise;
    assert.deepEqual(done, ['kept']);
  });
});
