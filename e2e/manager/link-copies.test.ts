// SPDX-License-Identifier: Apache-2.0
// A certificate in other hands (MG-1a, SY-10b): the copy gets nothing, the original goes on, and with its next certificate the copied one is worthless.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { LINK_LIMITS } from '@lazaret/contract';
import { LINK_GATES } from '@lazaret/manager';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { agentOf, eventOf, simulateAgent, type SimulatedAgent } from '../support/simulated-agent.ts';

const HASH = '0'.repeat(64);

/** One request to each route of the link that an activated agent has, made as well as anybody could make it. */
async function requestsOf(
  agent: SimulatedAgent,
  policyHash: string,
): Promise<ReadonlyMap<string, () => Promise<unknown>>> {
  const { request } = await agent.newKeyRequest();
  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: string, contentType = 'application/json') =>
    (await agent.transport.askStream({ method, path, ...(body === undefined ? {} : { body, contentType }) })).resume();
  return new Map<string, () => Promise<unknown>>([
    ['POST /link/v1/check-in', () => agent.checkIn()],
    ['POST /link/v1/renew', () => agent.renew(request, false)],
    ['POST /link/v1/stopping', () => ask('POST', '/link/v1/stopping', '{}')],
    ['GET /link/v1/policies/:hash', () => ask('GET', `/link/v1/policies/${policyHash}`)],
    ['GET /link/v1/releases/current', () => ask('GET', '/link/v1/releases/current')],
    [
      'GET /link/v1/releases/:id/files/:sha256',
      () => ask('GET', `/link/v1/releases/starter-000000000000/files/${HASH}`),
    ],
    ['POST /link/v1/events', () => agent.upload([eventOf(agent, 1)], 0)],
    ['PUT /link/v1/quarantine', () => ask('PUT', '/link/v1/quarantine', JSON.stringify({ hash: HASH, entries: [] }))],
    [
      'POST /link/v1/commands/:id/result',
      () => ask('POST', `/link/v1/commands/${randomUUID()}/result`, JSON.stringify({ state: 'done', result: null })),
    ],
    ['PUT /link/v1/uploads/:id', () => ask('PUT', `/link/v1/uploads/${randomUUID()}`, 'x', 'application/octet-stream')],
    // The last one, because it would end the VM.
    [`POST /link/v1/deactivate`, () => ask('POST', '/link/v1/deactivate', '{}')],
  ]);
}

/** The codes by which every route refuses; those that answer are named. */
async function refusals(agent: SimulatedAgent, policyHash: string): Promise<Record<string, string>> {
  const codes: Record<string, string> = {};
  for (const [route, ask] of await requestsOf(agent, policyHash))
    codes[route] = await ask().then(
      (answer) =>
        route.endsWith('check-in') && (answer as { clone: boolean }).clone ? 'is told that it is a copy' : 'ANSWERED',
      (error: { code: string }) => error.code,
    );
  return codes;
}

function assertRefused(codes: Record<string, string>, code: RegExp, checkIn: RegExp): void {
  for (const [route, told] of Object.entries(codes))
    assert.match(told, route.endsWith('check-in') ? checkIn : code, `${route}: ${told}`);
}

async function membershipOf(manager: TestManagerLink, id: string): Promise<string> {
  const row = await manager.inTenant((tx) =>
    tx.selectFrom('vms').select('membership').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return row.membership;
}

/** Copies that came before, straight into the table. */
async function addWaitingCopies(manager: TestManagerLink, vmId: string, count: number): Promise<readonly string[]> {
  return await manager.inTenant(async (tx) => {
    const origin = await tx.selectFrom('vms').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
    const { holder, machine, report, ...plain } = origin;
    const rows = Array.from({ length: count }, () => ({
      ...plain,
      id: manager.parts.newId(),
      clone_of: vmId,
      membership: 'pending' as const,
      holder: JSON.stringify(holder),
      machine: JSON.stringify(machine),
      report: JSON.stringify(report),
    }));
    await tx.insertInto('vms').values(rows).execute();
    return rows.map(({ id }) => id);
  });
}

async function auditOf(manager: TestManagerLink, action: string): Promise<number> {
  const rows = await manager.inTenant((tx) =>
    tx.selectFrom('audit').select('id').where('action', '=', action).execute(),
  );
  return rows.length;
}

test('MG-1a, SY-10b: a copied certificate opens no route, the original renews it and goes on, and the copied one is withdrawn', async (t) => {
  const manager = await makeManager(t);
  const policyHash = await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  agent.holder = { ...agent.holder, hardwareId: 'the first machine' };
  await agent.checkIn();
  const thief = agent.copy({ hardwareId: 'another machine' });
  const stranger = agent.copy();
  t.after(() => [agent, thief, stranger].forEach((one) => one.close()));

  assert.deepEqual(
    [...(await requestsOf(agent, policyHash)).keys(), 'POST /link/v1/activate'].toSorted(),
    Object.keys(LINK_GATES).toSorted(),
    'every route is tried',
  );
  assert.equal((await thief.checkIn()).clone, true);
  assertRefused(await refusals(thief, policyHash), /^link\.clone$/, /copy/);
  // An instance that nobody knows yet may be the VM after a restart, and is to check in first.
  const others = await requestsOf(stranger, policyHash);
  for (const [route, ask] of others)
    if (!route.endsWith('check-in')) await assert.rejects(ask(), { code: 'link.clone' }, route);
  assert.equal(await membershipOf(manager, agent.vmId), 'active', 'nobody else has ended it');
  assert.equal(await auditOf(manager, 'vms.certificate_copied'), 1);

  const answer = await agent.checkIn();
  assert.deepEqual([answer.clone, answer.renew, answer.state], [false, true, 'active'], 'the original is to renew');
  const { privateKey, request } = await agent.newKeyRequest();
  const renewed = await agent.renew(request, false);
  const lost = await agent.checkIn();
  assert.equal(lost.renew, true, 'an answer that is lost costs nothing: the old one counts until the new one is used');
  const after = agentOf({ ...agent.identity, ...renewed, privateKey }, agent.holder);
  t.after(() => after.close());
  const [next] = [await after.checkIn()];
  assert.deepEqual([renewed.vmId, next.clone, next.renew], [agent.vmId, false, false]);

  assertRefused(await refusals(agent, policyHash), /^link\.certificate$/, /^link\.certificate$/);
  assertRefused(await refusals(thief, policyHash), /^link\.(certificate|clone)$/, /copy/);
  assertRefused(await refusals(stranger, policyHash), /^link\.(certificate|clone)$/, /copy/);
  assert.equal((await after.upload([], 0)).acknowledged, 0, 'and the original goes on');
  assert.equal((await after.checkIn()).state, 'active');
});

test('MG-1a: a copy that takes the original’s place for a moment cannot renew, and cannot be renewed for', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const thief = agent.copy();
  t.after(() => [agent, thief].forEach((one) => one.close()));
  assert.equal((await thief.checkIn()).clone, false, 'it may be the same VM after a restart');
  const { request } = await thief.newKeyRequest();
  await assert.rejects(thief.renew(request, false), { code: 'link.clone' });
  // More of them than are remembered one by one.
  for (let at = 0; at < 20; at++) {
    const more = agent.copy();
    await more.checkIn();
    more.close();
  }
  const hash = (await agent.checkIn()).policyHash;
  assert.notEqual(hash, null);
  assert.equal((await agent.checkIn()).renew, true, 'the one that was there before');
  await manager.command(agent.vmId, { kind: 'update' });
  const answer = await thief.checkIn();
  assert.deepEqual([answer.policyHash, answer.commands, answer.renew], [null, [], false], 'who comes now gets nothing');
  const codes = await refusals(thief, hash ?? '');
  assertRefused(codes, /^link\.clone$/, /copy/);
  assert.equal(await membershipOf(manager, agent.vmId), 'active');
  // Though the thief has come last.
  const key = await agent.newKeyRequest();
  const renewed = await agent.renew(key.request, false);
  const after = agentOf({ ...agent.identity, ...renewed, privateKey: key.privateKey }, agent.holder);
  t.after(() => after.close());
  assert.equal((await after.checkIn()).clone, false);
  await assert.rejects(agent.renew(request, false), { code: 'link.certificate' });
});

test('MG-1a: two copies that take turns do not make a copy of the original', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const copies = [agent.copy(), agent.copy(), agent.copy()];
  t.after(() => [agent, ...copies].forEach((one) => one.close()));
  for (const copy of copies) await copy.checkIn();
  assert.equal((await agent.checkIn()).clone, false);
  for (const copy of copies) assert.equal((await copy.checkIn()).clone, true);
  const answer = await agent.checkIn();
  assert.deepEqual([answer.clone, answer.state, answer.renew], [false, 'active', true]);
});

test('SY-10b: a copy of a VM that has renewed since still gets an identity of its own, and waits', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const first = agent.copy({ hardwareId: 'a' });
  agent.holder = { ...agent.holder, hardwareId: 'b' };
  await agent.checkIn();
  await first.checkIn();
  assert.equal((await agent.checkIn()).renew, true);
  const key = await agent.newKeyRequest();
  const renewed = await agent.renew(key.request, false);
  const after = agentOf({ ...agent.identity, ...renewed, privateKey: key.privateKey }, agent.holder);
  await after.checkIn();
  const late = agent.copy({ hardwareId: 'c' });
  t.after(() => [agent, first, after, late].forEach((one) => one.close()));
  assert.equal((await late.checkIn()).clone, true);
  const own = await late.newKeyRequest();
  const { vmId } = await late.renew(own.request, true);
  assert.equal(await membershipOf(manager, vmId), 'pending');
});

test('MG-1a: near its end a certificate is renewed for the VM alone, not for who has just taken its place', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const soon = new Date(Date.now() + 86_400_000);
  await manager.inTenant((tx) => tx.updateTable('vm_certificates').set({ not_after: soon }).execute());
  const newcomer = agent.copy();
  t.after(() => [agent, newcomer].forEach((one) => one.close()));
  const answer = await newcomer.checkIn();
  assert.deepEqual([answer.clone, answer.state, answer.renew], [false, 'active', false], 'it may be the VM, restarted');
  const { request } = await newcomer.newKeyRequest();
  await assert.rejects(newcomer.renew(request, false), { code: 'link.clone' });
  assert.equal((await agent.checkIn()).renew, true);
  assert.equal((await agent.renew((await agent.newKeyRequest()).request, false)).vmId, agent.vmId);
});

test('SY-10b: copies that wait are limited in number; once one is retired there is room again', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  agent.holder = { ...agent.holder, hardwareId: 'the first machine' };
  await agent.checkIn();
  const waiting = await addWaitingCopies(manager, agent.vmId, LINK_LIMITS.copiesMax);
  const copy = agent.copy({ hardwareId: 'another machine' });
  t.after(() => [agent, copy].forEach((one) => one.close()));
  assert.equal((await copy.checkIn()).clone, true);
  const { request } = await copy.newKeyRequest();
  await assert.rejects(copy.renew(request, true), { code: 'link.clone', message: /Too many copies/ });
  await manager.inTenant((tx) =>
    tx
      .updateTable('vms')
      .set({ membership: 'retired' })
      .where('id', '=', waiting[0] ?? '')
      .execute(),
  );
  const { vmId } = await copy.renew(request, true);
  assert.equal((await copy.renew((await copy.newKeyRequest()).request, true)).vmId, vmId, 'asked again, no second one');
});
