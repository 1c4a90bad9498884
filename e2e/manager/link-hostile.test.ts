// SPDX-License-Identifier: Apache-2.0
// What an agent may send because names on its VM are made by whoever likes, and what a copy that nobody accepted may fetch.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { forgeCertificate } from '../../packages/manager/src/testing/test-forged-certificate.ts';
import { makeManager } from '../support/manager.ts';
import { agentOf, checkInBody, simulateAgent } from '../support/simulated-agent.ts';

const HASH = '0'.repeat(64);

test('no name that a VM tells – NUL, half a surrogate pair – keeps its report, its vault or a result from being stored', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  t.after(() => agent.close());
  const body = checkInBody(agent);
  for (const strange of ['a\u0000b', 'a\ud83d', '\udc00b']) {
    const machine = { ...body.machine, hostname: strange, operatingSystem: strange };
    const report = {
      ...body.report,
      otherProducts: [strange],
      knock: { port: null, fault: { code: 'x', message: strange } },
    };
    assert.equal((await agent.checkIn({ machine, report })).state, 'active');
    const entry = {
      id: `entry ${strange.length}`,
      state: 'complete',
      path: `/srv/${strange}`,
      takenAt: new Date().toISOString(),
      bytes: 1,
      sha256: HASH,
      owner: { uid: 0, gid: 0 },
      mode: '0644',
      names: { known: 1, of: 1 },
      attributes: 0,
      threats: [{ name: strange, kind: 'other', layers: [] }],
      patternRelease: null,
    };
    await agent.put('/link/v1/quarantine', JSON.stringify({ hash: HASH, entries: [entry] }));
    const bad = JSON.stringify({ hash: HASH, entries: [{ ...entry, takenAt: 'yesterday' }] });
    await assert.rejects(agent.put('/link/v1/quarantine', bad), { code: 'link.bad_request' });
  }
  const rows = await manager.inTenant((tx) => tx.selectFrom('quarantine_entries').select('path').execute());
  assert.ok(rows.length > 0 && rows.every(({ path }) => path.includes('\ufffd')));
});

test('SY-10b: a copy that waits to be accepted fetches no file of the tenant’s own release, by no id', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const { tenantId } = manager;
  const [sha256, id] = [createHash('sha256').update('secret').digest('hex'), 'own-0123456789ab'];
  await manager.inTenant(async (tx) => {
    const now = new Date();
    await tx
      .insertInto('file_parts')
      .values({ tenant_id: tenantId, sha256, part: 0, bytes: Buffer.from('secret') })
      .execute();
    const made = { label: 'own', state: 'active' as const, source: 'x', created_at: now, imported_at: now };
    const files = JSON.stringify([{ name: 'tenant.ndb', bytes: 6, sha256 }]);
    const row = { tenant_id: tenantId, id, ...made, imported_by: null, activated_at: now, files, bytes: 6 };
    await tx.insertInto('releases').values(row).execute();
  });
  const agent = await simulateAgent(await manager.token());
  agent.holder = { ...agent.holder, hardwareId: 'a' };
  await agent.checkIn();
  const copy = agent.copy({ hardwareId: 'b' });
  assert.equal((await copy.checkIn()).clone, true);
  const key = await copy.newKeyRequest();
  const own = await copy.renew(key.request, true);
  const pending = agentOf({ ...copy.identity, ...own, privateKey: key.privateKey }, copy.holder);
  t.after(() => [agent, copy, pending].forEach((one) => one.close()));
  await manager.command(pending.vmId, { kind: 'update' });
  const told = await pending.checkIn();
  assert.deepEqual([told.state, told.commands, told.release], ['pending', [], null]);
  assert.equal((await agent.checkIn()).release, id);
  const current = await pending.transport.askStream({ method: 'GET', path: '/link/v1/releases/current' });
  assert.deepEqual(JSON.parse((await current.toArray()).join('')), { release: null });
  const fetch = async (who: typeof agent, release = id) => {
    const path = `/link/v1/releases/${release}/files/${sha256}`;
    return (await (await who.transport.askStream({ method: 'GET', path })).toArray()).join('');
  };
  assert.equal(await fetch(agent), 'secret');
  await assert.rejects(fetch(pending), { code: 'link.not_found' });
  await assert.rejects(fetch(agent, 'other-0123456789ab'), { code: 'link.not_found' });
});

test('MG-1a: a renewal that names another start of the agent than the one that makes it is refused', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  await copy.checkIn();
  // The copy is let in for a moment, and says that it were the one that was there before.
  const { request } = await copy.newKeyRequest();
  copy.holder = agent.holder;
  await manager.link.authorities.addNext();
  await manager.link.authorities.promote();
  await assert.rejects(copy.renew(request, false), { code: 'link.clone' });
});

test('MG-1a: a certificate of another authority with the names and the serial of a VM is nobody’s', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const identity = { ...agent.identity, ...(await forgeCertificate(agent.identity.certificate)) };
  const forger = agentOf(identity, agent.holder);
  t.after(() => [agent, forger].forEach((one) => one.close()));
  await assert.rejects(forger.checkIn(), { code: 'link.certificate' });
});

test('a line of a batch that is nested deeply is kept as one that cannot be read', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  t.after(() => agent.close());
  await agent.checkIn();
  const deep = `{"type":"x","body":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  assert.equal((await agent.upload([deep], 0)).malformed, 1);
});
