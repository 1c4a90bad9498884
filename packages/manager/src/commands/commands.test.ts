// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { commandPageSchema, commandSchema, explainAnswerSchema } from '@lazaret/contract';
import { manualClock } from '@lazaret/testkit';
import { testServer } from '../testing/test-server.ts';
import { addTestVm } from '../testing/test-vms.ts';
import { applyResult, expireCommands, handOut, registerCommandRoutes } from './index.ts';

const { parts, tenantId, ask } = await testServer({ after }, registerCommandRoutes);
const { database } = parts;
const hand = (vmId: string, known: readonly string[] = []) =>
  database.asTenant(tenantId, (tx) => handOut(tx, { tenantId, vmId, now: new Date() }, known));
const tell = (vmId: string, commandId: string, fields: object = {}) =>
  database.asTenant(tenantId, (tx) =>
    applyResult(
      tx,
      { tenantId, vmId, commandId, now: new Date() },
      { outcome: 'done', code: null, message: null, value: null, ...fields },
    ),
  );

describe('the refused start window', () => {
  it('SC-5c: a scan by hand and an update by hand are taken in the middle of it', async () => {
    const clock = manualClock(Date.parse('2027-03-01T00:30:00Z'));
    const night = await testServer({ after }, registerCommandRoutes, { clock });
    const { vmId } = await addTestVm(night.parts, night.tenantId, 'awake');
    for (const command of [{ kind: 'scan', scan: 'full' }, { kind: 'update' }])
      assert.equal((await night.ask('operator', 'POST', `/vms/${vmId}/commands`, command)).status, 201);
  });
});

describe('commands to a VM', () => {
  it('SC-6e: a scan by the API is a row that waits, is handed out with its id, and is not handed out again to who has it', async () => {
    const { vmId } = await addTestVm(parts, tenantId, 'scanned');
    const made = await ask('operator', 'POST', `/vms/${vmId}/commands`, {
      kind: 'scan',
      scan: 'paths',
      paths: ['/srv'],
    });
    assert.equal(made.status, 201);
    const { id, state } = commandSchema.parse(made.body);
    assert.equal(state, 'queued');
    const [command] = await hand(vmId);
    assert.deepEqual(command?.body, { kind: 'scan', scope: 'paths', paths: [Buffer.from('/srv').toString('base64')] });
    assert.equal(command?.id, id);
    assert.deepEqual(await hand(vmId, [id]), []);
    assert.equal((await hand(vmId)).length, 1, 'an answer that was lost is repeated');
    await tell(vmId, id);
    assert.deepEqual(await hand(vmId), []);
    const page = commandPageSchema.parse((await ask('read-only', 'GET', `/vms/${vmId}/commands`)).body);
    assert.deepEqual([page.items[0]?.state, page.total], ['done', 1]);
  });

  it('a result that comes twice counts once, and one for another VM’s command not at all', async () => {
    const [{ vmId }, other] = [await addTestVm(parts, tenantId, 'a'), await addTestVm(parts, tenantId, 'b')];
    const { id } = (await ask('admin', 'POST', `/vms/${vmId}/commands`, { kind: 'update' })).body;
    assert.equal(await tell(other.vmId, id), false);
    assert.equal(await tell(vmId, id, { outcome: 'failed', code: 'patterns.damaged', message: 'first' }), true);
    assert.equal(await tell(vmId, id, { message: 'second' }), true);
    const { items } = (await ask('admin', 'GET', `/vms/${vmId}/commands`)).body;
    assert.deepEqual(items[0].error, { code: 'patterns.damaged', message: 'first' });
  });

  it('one that nobody fetched in time is over, and its scan failed with why', async () => {
    const { vmId } = await addTestVm(parts, tenantId, 'off');
    const { id } = (await ask('admin', 'POST', `/vms/${vmId}/commands`, { kind: 'scan', scan: 'full' })).body;
    const later = new Date(Date.now() + 25 * 3_600_000);
    const scan = await database.asTenant(tenantId, async (tx) => {
      assert.deepEqual(await handOut(tx, { tenantId, vmId, now: later }, []), []);
      await expireCommands(tx, tenantId, later);
      return await tx.selectFrom('scans').select(['state', 'why']).where('id', '=', id).executeTakeFirstOrThrow();
    });
    assert.equal(scan.state, 'failed');
    assert.match(scan.why ?? '', /in time/);
  });

  it('EX-3a: the VM’s own answer is the answer, with the rule that decides', async () => {
    const { vmId } = await addTestVm(parts, tenantId, 'asked');
    const asking = ask('operator', 'POST', '/explain', { vmId, path: '/srv/a.com' });
    let command = (await hand(vmId))[0];
    while (command === undefined) command = (await hand(vmId))[0];
    const kinds = [{ kind: 'manual', scanned: 'yes', why: 'all directories', decidedBy: '/manual/directories' }];
    await tell(vmId, command.id, { value: { path: '/srv/a.com', policyHash: 'ab'.repeat(32), kinds } });
    const answer = explainAnswerSchema.parse((await asking).body);
    assert.deepEqual([answer.state, answer.answers], ['answered', kinds]);
    assert.deepEqual((await ask('read-only', 'GET', `/explain/${command.id}`)).body, answer);
  });

  it('what cannot be commanded is refused: a relative path, no paths, a VM that waits to be accepted', async () => {
    const { vmId } = await addTestVm(parts, tenantId, 'refuses');
    const pending = await addTestVm(parts, tenantId, 'pending', { membership: 'pending' });
    const post = (id: string, body: object) => ask('admin', 'POST', `/vms/${id}/commands`, body);
    assert.equal((await post(vmId, { kind: 'scan', scan: 'paths', paths: [] })).status, 400);
    assert.equal((await post(vmId, { kind: 'explain', path: 'relative' })).status, 400);
    assert.equal((await post(vmId, { kind: 'scan', scan: 'paths', paths: ['relative'] })).status, 400);
    assert.equal((await post(pending.vmId, { kind: 'update' })).status, 409);
    assert.equal((await post('01980000-0000-7000-8000-000000000000', { kind: 'update' })).status, 404);
  });
});
