// SPDX-License-Identifier: Apache-2.0
// The order of scans, over a real database.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { z } from 'zod';
import { applyBatch } from '../ingest/index.ts';
import { decodeCursor } from '../server/index.ts';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { testServer } from '../testing/test-server.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { findVm } from '../vms/vms.ts';
import { registerScanRoutes } from './routes.ts';
import { listScans } from './scans.ts';

const SUMMARY = {
  type: 'summary',
  state: 'done',
  files: 3,
  infected: 0,
  partly: 0,
  bytes: 3,
  coverage: { lookedAt: 3, all: 3 },
  unscanned: {},
  excepted: 0,
  patternRelease: 'starter-3f2a90b1c4d5',
  elapsedMs: 1,
  actionsFailed: 0,
};

test('the last scan is the one that began last, whatever its number; a page of scans goes on where the one before ended', async (t) => {
  const parts = await testParts(t);
  const vm = await addTestVm(parts, await addTestTenant(parts, 'Acme'), 'web-03');
  const spool = testSpool(Date.now());
  const ids = [
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
    '88888888-8888-4888-8888-888888888888',
    '00000000-0000-4000-8000-000000000000',
  ];
  const lines = ids.flatMap((runId, index) => {
    const time = new Date(Date.now() - 3_600_000 + index * 60_000).toISOString();
    const run = { runId, origin: 'scheduled' };
    return [
      { ...spool.event('run.started', { ...run, scope: 'policy', resumed: false }), time },
      { ...spool.event('run.ended', { ...run, summary: SUMMARY }), time },
    ];
  });
  const batch = { epoch: spool.epoch, after: 0, lines };
  await parts.database.asTenant(vm.tenantId, (tx) => applyBatch({ ...vm, tx, now: new Date() }, batch, []));
  await parts.database.asTenant(vm.tenantId, async (tx) => {
    const context = { tx, tenantId: vm.tenantId, now: new Date(), newId: parts.newId };
    assert.equal((await findVm(context, vm.vmId)).lastScan?.scanId, ids[2]);
    const seen: string[] = [];
    for (let after: readonly [string, string] | null = null; ; ) {
      const { items, next } = await listScans(context, { limit: 1 }, after);
      seen.push(...items.map(({ id }) => id));
      if (next === null) break;
      after = decodeCursor(next, z.tuple([z.string(), z.string()]));
    }
    assert.deepEqual(seen, ids.toReversed());
  });
});

test('a scan of paths that no VM could take is refused at once, and nothing is queued: a relative path, none, one that is too long', async (t) => {
  const { parts, tenantId, ask } = await testServer(t, registerScanRoutes);
  const { vmId } = await addTestVm(parts, tenantId, 'refuses');
  const order = (paths: readonly string[]) => ask('admin', 'POST', '/scans', { vmIds: [vmId], kind: 'paths', paths });
  for (const paths of [[], ['relative'], ['/srv', ''], [`/${'x'.repeat(4_096)}`]]) {
    const { status, body } = await order(paths);
    assert.deepEqual([status, body.error?.code], [400, 'api.invalid'], JSON.stringify(paths).slice(0, 40));
  }
  const total = async (): Promise<number> => (await ask('admin', 'GET', '/scans')).body.total;
  assert.equal(await total(), 0);
  assert.equal((await order(['/srv'])).status, 200);
  assert.equal(await total(), 1);
});
