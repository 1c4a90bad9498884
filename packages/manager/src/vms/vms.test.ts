// SPDX-License-Identifier: Apache-2.0
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { canonicalJson, vmDetailSchema, vmPageSchema } from '@lazaret/contract';
import { requireGoodDocument } from '../policies/document.ts';
import { testServer } from '../testing/test-server.ts';
import { addTestVm } from '../testing/test-vms.ts';
import { testReport, zeroCounts } from '../testing/test-report.ts';
import { registerVmRoutes } from './index.ts';

const MINUTE = 60_000;

describe('VMs', async () => {
  const { parts, tenantId, otherTenantId, ask } = await testServer({ after }, registerVmRoutes);
  const ago = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE);
  const online = { protection: 'protected', applied_hash: '0'.repeat(64), addresses: ['10.0.0.1'] };
  const web = await addTestVm(parts, tenantId, 'web-03', online);
  const silent = await addTestVm(parts, tenantId, 'db_01', {
    ...online,
    last_seen_at: ago(10),
    addresses: ['fd00::7'],
  });
  await addTestVm(parts, tenantId, 'never', { last_seen_at: null });
  const clone = await addTestVm(parts, tenantId, 'web-03 copy', { membership: 'pending', clone_of: web.vmId });
  await addTestVm(parts, otherTenantId, 'foreign', online);
  const names = async (query: string): Promise<string[]> => {
    const { status, body } = await ask('read-only', 'GET', `/vms${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    const page = vmPageSchema.parse(body);
    assert.equal(page.total, query.includes('limit') ? 4 : page.items.length);
    return page.items.map(({ name }) => name);
  };

  it('a list shows the three facts of each VM, by one function for list, filter and counts', async () => {
    assert.deepEqual(await names(''), ['db_01', 'never', 'web-03', 'web-03 copy']);
    assert.deepEqual(await names('?state=offline'), ['db_01']);
    assert.deepEqual(await names('?state=online'), ['web-03']);
    assert.deepEqual(await names('?settings=applied'), ['db_01', 'web-03']);
    const { counts } = vmPageSchema.parse((await ask('read-only', 'GET', '/vms?state=offline')).body);
    assert.deepEqual(counts.link, { online: 1, offline: 1, 'never-activated': 1, pending: 1, retired: 0, unknown: 0 });
    for (const [state, count] of Object.entries(counts.link))
      assert.equal((await names(`?state=${state}`)).length, count);
  });

  it('a search finds names and addresses, and takes no character for a pattern', async () => {
    assert.deepEqual(await names('?q=WEB'), ['web-03', 'web-03 copy']);
    assert.deepEqual(await names('?q=fd00'), ['db_01']);
    assert.deepEqual(await names('?q=b_0'), ['db_01']);
    assert.deepEqual(await names(`?q=${encodeURIComponent('%')}`), []);
  });

  it('what protects is shown: where each kind of scan looks, by the policy that is in force, and how many patterns of which age', async () => {
    const directories = { kind: 'list', entries: Array.from({ length: 25 }, (_, at) => ({ path: `/srv/${at}` })) };
    const exceptions = [{ match: { directory: '/srv/0/x' }, reason: 'x' }];
    const realtime = { directories, files: { kind: 'intelliscan' }, exceptions };
    const { policy } = requireGoodDocument(
      { name: 'p', realtime, scheduled: { enabled: false } },
      { startWindow: 'lifted' },
    );
    const [hash, since] = ['a'.repeat(64), ago(60)];
    const patterns = { ...testReport().patterns, signatures: 321, starterOnly: true };
    const report = JSON.stringify(testReport({ patterns }));
    await parts.database.asTenant(tenantId, (tx) =>
      tx
        .insertInto('policy_documents')
        .values({ tenant_id: tenantId, hash, document: canonicalJson(policy) })
        .execute(),
    );
    const fields = {
      report,
      applied_hash: hash,
      release: 'starter-1',
      release_created_at: since,
      protection: 'starter-only',
    };
    const narrow = await addTestVm(parts, tenantId, 'zz narrow', fields);
    const own = await addTestVm(parts, tenantId, 'zz own policy', { ...fields, applied_hash: 'b'.repeat(64) });
    const detail = vmDetailSchema.parse((await ask('read-only', 'GET', `/vms/${narrow.vmId}`)).body);
    assert.deepEqual(detail.protects?.scheduled, null);
    assert.deepEqual(detail.protects?.realtime, {
      directories: 'list',
      paths: Array.from({ length: 20 }, (_, at) => `/srv/${at}`),
      morePaths: 5,
      files: 'intelliscan',
      exceptions: 1,
    });
    assert.deepEqual(detail.patterns, {
      release: 'starter-1',
      since: since.toISOString(),
      signatures: 321,
      starterOnly: true,
    });
    const page = vmPageSchema.parse((await ask('read-only', 'GET', '/vms?protection=starter-only')).body);
    assert.deepEqual(
      page.items.map(({ name, protects }) => [name, protects?.realtime?.paths.length]),
      [
        ['zz narrow', 20],
        ['zz own policy', undefined],
      ],
    );
    for (const { vmId } of [narrow, own])
      await parts.database.asTenant(tenantId, (tx) => tx.deleteFrom('vms').where('id', '=', vmId).execute());
  });

  it('a VM whose real-time does not run is never plainly protected: list and detail say why, the detail what is covered', async () => {
    const place = { mountPoint: '/mnt/nas', fileSystemType: 'nfs4', why: 'network' as const, detail: null };
    const counts = zeroCounts();
    const report = testReport({
      realtime: 'degraded',
      realtimeReport: {
        why: 'notify-only',
        detail: 'Operation not permitted',
        watching: [{ mountPoint: '/', fileSystemType: 'ext4' }],
        moreWatching: 2,
        notCovered: [place],
        moreNotCovered: 3,
        counts,
      },
    });
    const patch = (fields: object) =>
      parts.database.asTenant(tenantId, (tx) => tx.updateTable('vms').set(fields).where('id', '=', web.vmId).execute());
    await patch({ report: JSON.stringify(report), protection: 'degraded' });
    const detail = vmDetailSchema.parse((await ask('read-only', 'GET', `/vms/${web.vmId}`)).body);
    assert.deepEqual(detail.protection, { state: 'degraded', why: 'realtime.notify-only' });
    assert.deepEqual(detail.realtime, {
      state: 'degraded',
      why: 'notify-only',
      detail: 'Operation not permitted',
      moreWatching: 2,
      moreNotCovered: 3,
      counts,
    });
    assert.deepEqual(
      detail.mounts.map(({ path, covered, why }) => [path, covered, why]),
      [
        ['/', true, null],
        ['/mnt/nas', false, 'network'],
      ],
    );
    await patch({ report: null, protection: 'protected' });
  });

  it('pages show each VM once, in every order', async () => {
    for (const sort of ['name', '-name', 'lastSeenAt', '-lastSeenAt', 'createdAt', '-createdAt']) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const from = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await ask('read-only', 'GET', `/vms?limit=1&sort=${sort}${from}`);
        const page = vmPageSchema.parse(body);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      }
      assert.equal(new Set(seen).size, 4, sort);
      assert.equal(seen.length, 4, sort);
    }
  });

  it('MG-2e: a VM is renamed and moved, and that stands in the audit; a policy that does not exist is refused', async () => {
    assert.equal((await ask('operator', 'PATCH', `/vms/${silent.vmId}`, {})).status, 200, 'no change is none');
    const renamed = await ask('operator', 'PATCH', `/vms/${silent.vmId}`, { name: 'db-01' });
    assert.equal(renamed.body.name, 'db-01');
    assert.equal((await ask('operator', 'PATCH', `/vms/${silent.vmId}`, { policyId: web.vmId })).status, 404);
    assert.equal((await ask('read-only', 'PATCH', `/vms/${silent.vmId}`, { name: 'x' })).status, 403);
    const rows = await parts.database.asTenant(tenantId, (tx) => tx.selectFrom('audit').select('action').execute());
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['vms.update'],
    );
  });

  it('SY-10b: a clone is shown with its origin, and is a VM of its own once it is accepted', async () => {
    const detail = vmDetailSchema.parse((await ask('read-only', 'GET', `/vms/${clone.vmId}`)).body);
    assert.deepEqual([detail.link.state, detail.origin?.cloneOf], ['pending', { id: web.vmId, name: 'web-03' }]);
    assert.equal((await ask('operator', 'POST', `/vms/${clone.vmId}/accept`)).body.link.state, 'online');
    assert.equal((await ask('operator', 'POST', `/vms/${clone.vmId}/accept`)).status, 409);
  });

  it('a VM that is retired is no longer in the list, and found when asked for', async () => {
    assert.equal((await ask('operator', 'POST', `/vms/${clone.vmId}/retire`)).body.link.state, 'retired');
    assert.ok(!(await names('')).includes('web-03 copy'));
    assert.deepEqual(await names('?state=retired'), ['web-03 copy']);
  });

  it('the events of a VM come newest first; those of another tenant are not there', async () => {
    assert.deepEqual((await ask('read-only', 'GET', `/vms/${web.vmId}/events`)).body, {
      items: [],
      next: null,
      total: 0,
    });
    assert.equal((await ask('read-only', 'GET', `/vms/${parts.newId()}/events`)).status, 404);
  });
});
