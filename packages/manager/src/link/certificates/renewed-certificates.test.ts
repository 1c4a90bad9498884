// SPDX-License-Identifier: Apache-2.0
// An installation of before migration 0062, which knew of no certificate whether it was ever used: agents that had renewed theirs go on, and so do those
// to which the answer never came.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { uuidV7 } from '@lazaret/contract';
import pg from 'pg';
import { type Connections, type Database, migrate, openDatabase } from '../../database/index.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { readCallingVm } from '../caller.ts';

const DAY_MS = 86_400_000;
const id = (): string => uuidV7(Date.now(), randomBytes(10));

interface Renewed {
  readonly old: () => Promise<unknown>;
  readonly renewed: () => Promise<unknown>;
}

/** A VM of the old schema with two certificates, brought forward; who calls with which. */
async function renewedBefore(renewedDaysAgo: number, by0062: readonly string[] = []): Promise<Renewed> {
  const { connections } = await testDatabase({ after }, { empty: true });
  await migrate(connections, { upTo: '0061-sign-in-budgets' });
  const [tenantId, vmId, instance] = [id(), id(), randomUUID()];
  const client = new pg.Client(connections.owner);
  await client.connect();
  const now = Date.now();
  const daysAgo = (days: number): Date => new Date(now - days * DAY_MS);
  await client.query(`insert into identity.tenants (id, name) values ($1, 'T')`, [tenantId]);
  const holder = JSON.stringify({
    instance,
    bootId: randomUUID(),
    machineId: null,
    hardwareId: null,
    earlier: [],
    clones: {},
  });
  await client.query(
    `insert into lazaret.vms (tenant_id, id, name, policy_since, membership, created_at, holder) values ($1, $2, 'vm', $3, 'active', $3, $4)`,
    [tenantId, vmId, daysAgo(80), holder],
  );
  for (const [serial, days] of [
    ['old', 80],
    ['renewed', renewedDaysAgo],
  ] as const)
    await client.query(
      `insert into lazaret.vm_certificates (tenant_id, serial, vm_id, key_hash, not_after, created_at) values ($1, $2, $3, $2, $4, $5)`,
      [tenantId, serial, vmId, daysAgo(days - 90), daysAgo(days)],
    );
  if (by0062.length > 0) await runEarlier0062(connections, client, by0062);
  await client.end();
  await migrate(connections);
  const database: Database = openDatabase(connections);
  after(() => database.close());
  const call = (serial: string) => () =>
    database.asTenant(tenantId, (tx) => readCallingVm(tx, { tenantId, vmId, serial, instance }, new Date()));
  return { old: call('old'), renewed: call('renewed') };
}

/** As the manager did whose 0062 withdrew whatever had a newer certificate: in one transaction with the row that says so. Then `used` are used. */
async function runEarlier0062(connections: Connections, client: pg.Client, used: readonly string[]): Promise<void> {
  await migrate(connections, { upTo: '0063-orders-of-a-session' });
  await client.query('begin');
  // Names stood in a table of that name then, with the very instant of the transaction.
  await client.query('create temporary table earlier on commit drop as select name, at from migrations.done');
  await client.query('drop view migrations.done');
  await client.query('drop table migrations.applied');
  await client.query('create table migrations.done (name text primary key, at timestamptz not null)');
  await client.query('insert into migrations.done select name, at from earlier');
  await client.query(`update migrations.done set at = now() where name = '0062-copied-certificates'`);
  await client.query(`update migrations.done set at = clock_timestamp() where name = '0063-orders-of-a-session'`);
  await client.query(`update lazaret.vm_certificates set revoked_at = now() where serial = 'old'`);
  await client.query('commit');
  await client.query(`update lazaret.vm_certificates set first_used_at = now() where serial = any($1)`, [used]);
}

describe('certificates of before', () => {
  it('MG-1a: an agent that renewed its certificate goes on, and the old one is withdrawn by that', async () => {
    for (const daysAgo of [30, 2, 0.01]) {
      const { old, renewed } = await renewedBefore(daysAgo);
      await renewed();
      await assert.rejects(old(), { code: 'link.certificate' });
      await renewed();
    }
  });

  it('MG-1a: an agent that never got the answer, because it was off since, goes on with the one that it has', async () => {
    const { old, renewed } = await renewedBefore(2);
    await old();
    await old();
    await renewed();
    await assert.rejects(old(), { code: 'link.certificate' });
  });

  it('MG-1a: what the earlier text of migration 0062 withdrew comes back where the newer certificate was never used, and nowhere else', async () => {
    const lost = await renewedBefore(2, ['nothing']);
    await lost.old();
    await lost.renewed();
    await assert.rejects(lost.old(), { code: 'link.certificate' });
    const heard = await renewedBefore(2, ['renewed']);
    await assert.rejects(heard.old(), { code: 'link.certificate' });
    await heard.renewed();
  });
});
