// SPDX-License-Identifier: Apache-2.0
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { alarmPageSchema, overviewSchema } from '@lazaret/contract';
import { evaluateAll, registerAlarmRoutes } from '../alarms/index.ts';
import { applyBatch } from '../ingest/index.ts';
import { registerPoliciesRoutes } from '../policies/index.ts';
import { testServer } from '../testing/test-server.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { registerOverviewRoutes } from './index.ts';

describe('the overview', async () => {
  const { parts, tenantId, ask } = await testServer({ after }, (server, all) => {
    registerPoliciesRoutes(server, all);
    registerAlarmRoutes(server, all);
    registerOverviewRoutes(server, all);
  });
  const read = async () => overviewSchema.parse((await ask('read-only', 'GET', '/overview')).body);

  it('before the first VM it names the steps that are left', async () => {
    const { needs, vms } = await read();
    assert.deepEqual(
      needs.map((need) => (need.kind === 'setup' ? need.step : need.kind)),
      ['agents-address', 'mail', 'contacts', 'first-vm'],
    );
    assert.deepEqual(vms, { protected: 0, total: 0, running: 0 });
  });

  it('what needs a person comes first, worst first; an alarm that somebody looks at is no longer asked for', async () => {
    const policy = await ask('admin', 'POST', '/policies', { document: { name: 'Web' } });
    const fields = {
      policy_id: policy.body.id as string,
      protection: 'protected',
      applied_hash: policy.body.hash as string,
    };
    const vm = await addTestVm(parts, tenantId, 'web-03', fields);
    await addTestVm(parts, tenantId, 'db-01', { ...fields, last_seen_at: new Date(Date.now() - 600_000) });
    const spool = testSpool(Date.now());
    const failed = spool.detection({
      action: { primary: { action: 'quarantine', result: 'copy-failed' }, notify: true, decidedBy: '/manual/action' },
    });
    await parts.database.asTenant(tenantId, (tx) =>
      applyBatch(
        { ...vm, tx, now: new Date() },
        { epoch: spool.epoch, after: 0, lines: [failed, spool.detection()] },
        [],
      ),
    );
    const readRecipients = () => Promise.resolve({ mails: [], webhook: null });
    await evaluateAll({ ...parts, readRecipients }, new AbortController().signal);
    const overview = await read();
    assert.deepEqual(
      overview.needs.slice(0, 2).map(({ kind }) => kind),
      ['action-failed', 'alarm'],
    );
    assert.deepEqual(
      [overview.vms.total, overview.vms.protected, overview.detections7Days, overview.held],
      [2, 2, 2, 1],
    );
    assert.ok(overview.next.patterns !== null);
    const { items } = alarmPageSchema.parse((await ask('read-only', 'GET', '/alarms')).body);
    assert.deepEqual(
      items.map(({ kind, vm: of }) => [kind, of?.name]),
      [['offline', 'db-01']],
    );
    assert.equal((await ask('read-only', 'POST', `/alarms/${items[0]?.id}/acknowledge`)).status, 403);
    assert.equal(
      (await ask('operator', 'POST', `/alarms/${items[0]?.id}/acknowledge`)).body.acknowledged.by,
      'operator',
    );
    assert.ok(!(await read()).needs.some(({ kind }) => kind === 'alarm'));
  });
});
