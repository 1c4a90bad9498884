// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { manualClock } from '@lazaret/testkit';
import { applyBatch } from '../ingest/index.ts';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { forgetOld } from './forget-old.ts';

const NOW = Date.parse('2027-03-15T12:00:00Z');

it('whole months that are older than the provider keeps go, with their settled deliveries; what is younger or still waits stays', async () => {
  const parts = await testParts({ after }, { clock: manualClock(NOW) });
  const tenantId = await addTestTenant(parts, 'kept');
  const vm = await addTestVm(parts, tenantId, 'vm');
  const at = async (time: string): Promise<void> => {
    const spool = testSpool(Date.parse(time));
    const batch = { epoch: spool.epoch, after: 0, lines: [spool.detection()] };
    await parts.database.asTenant(tenantId, (tx) => applyBatch({ ...vm, tx, now: new Date(time) }, batch, []));
  };
  for (const time of ['2025-11-01T00:00:00Z', '2026-01-31T00:00:00Z', '2026-02-20T00:00:00Z', '2027-03-01T00:00:00Z'])
    await at(time);
  const row = {
    tenant_id: tenantId,
    channel: 'mail' as const,
    recipient: 'a@example.com',
    language: 'en',
    message: '{"kind":"test","by":"x"}',
  };
  const long = new Date('2026-01-01T00:00:00Z');
  const deliveries = [
    {
      ...row,
      id: parts.newId(),
      state: 'sent' as const,
      created_at: long,
      next_at: long,
      settled_at: long,
      detection_id: null,
      last_error: null,
    },
    {
      ...row,
      id: parts.newId(),
      state: 'waiting' as const,
      created_at: long,
      next_at: long,
      settled_at: null,
      detection_id: null,
      last_error: null,
    },
  ];
  await parts.database.asTenant(tenantId, (tx) => tx.insertInto('outbox').values(deliveries).execute());
  await forgetOld(parts);
  await forgetOld(parts);
  const left = await parts.database.asTenant(tenantId, async (tx) => ({
    detections: await tx.selectFrom('detections').select('received_at').orderBy('received_at').execute(),
    outbox: await tx.selectFrom('outbox').select('state').execute(),
  }));
  assert.deepEqual(
    left.detections.map(({ received_at }) => received_at.toISOString()),
    ['2026-02-20T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
  );
  assert.deepEqual(left.outbox, [{ state: 'waiting' }]);
});
