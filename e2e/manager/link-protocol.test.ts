// SPDX-License-Identifier: Apache-2.0
// The link from the manager's side: who is let in, who is not, what comes twice; with an agent's real protocol and TLS.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { Agent, request as httpsRequest } from 'node:https';
import fc from 'fast-check';
import { formatEnrolmentToken, LINK_LIMITS, parseEnrolmentToken } from '@lazaret/contract';
import { manualClock } from '@lazaret/testkit';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { agentOf, checkInBody, eventOf, simulateAgent, type SimulatedAgent } from '../support/simulated-agent.ts';
import { until } from '../support/product.ts';

const POLICY = { name: 'p' };
const rawAgent = new Agent({ keepAlive: true, maxSockets: 4 });

async function vmOf(manager: TestManagerLink, id: string) {
  return await manager.inTenant((tx) =>
    tx.selectFrom('vms').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function sequences(manager: TestManagerLink): Promise<number[]> {
  const rows = await manager.inTenant((tx) => tx.selectFrom('events').select('body').execute());
  return rows.map(({ body }) => (body as { sequence: number }).sequence).toSorted((left, right) => left - right);
}

test('MG-1a: a token that is used up, withdrawn, expired, or of nobody brings in nobody, and says why', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const once = await manager.token();
  (await simulateAgent(once)).close();
  await assert.rejects(simulateAgent(once), { code: 'link.token_refused', message: /used 1 times/ });
  const withdrawn = await manager.token();
  await manager.inTenant((tx) => tx.updateTable('enrolment_tokens').set({ revoked_at: new Date() }).execute());
  await assert.rejects(simulateAgent(withdrawn), { code: 'link.token_refused', message: /revoked/ });
  const content = parseEnrolmentToken(await manager.token());
  assert.ok(content !== null);
  const forged = formatEnrolmentToken({ ...content, secret: randomBytes(32).toString('base64url') });
  await assert.rejects(simulateAgent(forged), { code: 'link.token_refused', message: /not known/ });
  const { items } = {
    items: await manager.inTenant((tx) => tx.selectFrom('enrolment_attempts').selectAll().execute()),
  };
  assert.deepEqual(
    items.map(({ error_code }) => error_code ?? '').toSorted((left, right) => left.localeCompare(right)),
    ['', 'link.token_refused', 'link.token_refused'],
  );
});

test('MG-1a: TLS is verified from the first byte: another installation at the address is not the manager that the token names', async (t) => {
  const [manager, other] = [await makeManager(t), await makeManager(t)];
  await manager.savePolicy(POLICY);
  const content = parseEnrolmentToken(await manager.token());
  assert.ok(content !== null);
  const misled = formatEnrolmentToken({ ...content, managers: [`127.0.0.1:${other.port}`] });
  await assert.rejects(simulateAgent(misled), { code: 'link.untrusted' });
  const attempts = await other.inTenant((tx) => tx.selectFrom('enrolment_attempts').selectAll().execute());
  assert.deepEqual(attempts, [], 'nothing was said to it');
});

test('SY-6a: a clock more than a day off is refused, saying by how much; one that is minutes off is told as a difference', async (t) => {
  const clock = manualClock(Date.now() + 2 * 86_400_000 + 3 * 3_600_000);
  const manager = await makeManager(t, { clock });
  await manager.savePolicy(POLICY);
  const token = await manager.token(2);
  await assert.rejects(simulateAgent(token), { code: 'link.clock', message: /2 days and 3 hours behind/ });
  const attempts = await manager.inTenant((tx) => tx.selectFrom('enrolment_attempts').select('error_code').execute());
  assert.deepEqual(attempts, [{ error_code: 'link.clock' }], 'and who adds the VM sees it');
});

test('MG-1a: without a certificate, with one of another installation, or after the VM was retired, nothing is answered', async (t) => {
  const [manager, other] = [await makeManager(t), await makeManager(t)];
  for (const one of [manager, other]) await one.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  const foreign = await simulateAgent(await other.token());
  t.after(() => [agent, foreign].forEach((one) => one.close()));
  const { trust } = agent.identity;
  const nobody = agentOf(
    { ...agent.identity, certificate: foreign.identity.certificate, privateKey: foreign.identity.privateKey, trust },
    agent.holder,
  );
  await assert.rejects(nobody.checkIn(), (error: { code: string }) =>
    /^link\.(certificate|unreachable|untrusted)$/.test(error.code),
  );
  await agent.checkIn();
  await manager.inTenant((tx) => tx.updateTable('vms').set({ membership: 'retired' }).execute());
  await assert.rejects(agent.checkIn(), { code: 'link.retired' });
});

test('MG-1a: uploads that come twice, late or out of order store each event once', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  t.after(() => agent.close());
  const all = Array.from({ length: 9 }, (_, index) => eventOf(agent, index + 1));
  assert.deepEqual(
    await agent.upload(all.slice(3, 6), 3),
    { acknowledged: 0, malformed: 0, outOfOrder: true },
    'the second batch came first',
  );
  assert.equal((await agent.upload(all.slice(0, 3), 0)).acknowledged, 3);
  assert.equal((await agent.upload(all.slice(0, 3), 0)).acknowledged, 3, 'the same once more');
  await Promise.all([1, 2, 3, 4].map(() => agent.upload(all.slice(3, 6), 3)));
  assert.equal((await agent.upload(all.slice(6), 6)).acknowledged, 9);
  assert.deepEqual(await sequences(manager), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('MG-1a: the first events of a month may come from many agents at one moment', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const token = await manager.token(8);
  const agents = await Promise.all(Array.from({ length: 8 }, () => simulateAgent(token)));
  t.after(() => agents.forEach((one) => one.close()));
  const answers = await Promise.all(agents.map((agent) => agent.upload([eventOf(agent, 1)], 0)));
  assert.ok(answers.every(({ acknowledged }) => acknowledged === 1));
});

test('SY-10b: a second holder of a key becomes pending, is shown with its origin, gets the same policy and nothing else', async (t) => {
  const manager = await makeManager(t);
  const hash = await manager.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  agent.holder = { ...agent.holder, hardwareId: 'the first machine' };
  await agent.checkIn();
  const copy = agent.copy({ hardwareId: 'another machine' });
  t.after(() => [agent, copy].forEach((one) => one.close()));
  await manager.command(agent.vmId, { kind: 'update' });
  const first = await copy.checkIn();
  assert.deepEqual(
    [first.clone, first.commands, first.state],
    [true, [], 'pending'],
    'it is told that it is a copy, and nothing of the tenant',
  );
  const { privateKey, request } = await copy.newKeyRequest();
  const renewed = await copy.renew(request, true);
  const own = agentOf({ ...copy.identity, ...renewed, privateKey }, copy.holder);
  t.after(() => own.close());
  const answer = await own.checkIn();
  assert.deepEqual([answer.state, answer.policyHash, answer.commands, answer.clone], ['pending', hash, [], false]);
  const row = await vmOf(manager, renewed.vmId);
  assert.deepEqual([row.membership, row.clone_of], ['pending', agent.vmId]);
  assert.equal((await agent.checkIn()).commands.length, 1, 'the first holder goes on');
});

test('SY-10b: a copy that looks the same is found when both holders live: the later one is the copy', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  assert.equal((await agent.checkIn()).clone, false);
  assert.equal((await copy.checkIn()).clone, false, 'it may be the same VM after a restart');
  assert.equal((await agent.checkIn()).clone, false, 'the one that was there before goes on');
  assert.equal((await copy.checkIn()).clone, true, 'and the other is a copy');
  assert.equal((await agent.checkIn()).clone, false);
});

test('MG-1a: one authority is replaced by another while every agent goes on; who shows the old one’s certificate is asked to renew', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  t.after(() => agent.close());
  const { authorities } = manager.link;
  await authorities.addNext();
  await until(async () => (await agent.checkIn()).trust?.authorities.length === 2, 'the next authority is told');
  await authorities.promote();
  await until(async () => (await agent.checkIn()).renew, 'it is asked to renew');
  const { privateKey, request } = await agent.newKeyRequest();
  const renewed = await agent.renew(request, false);
  const after = agentOf({ ...agent.identity, ...renewed, privateKey }, agent.holder);
  t.after(() => after.close());
  const answer = await after.checkIn();
  assert.deepEqual([answer.renew, answer.clone], [false, false]);
  assert.equal(
    (await simulateAgent(await manager.token())).identity.trust.authorities.length,
    2,
    'and new ones come in',
  );
});

test('MG-8a: what one manager is told wakes the long poll that another one holds', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const second = await manager.another(0);
  const agent = await simulateAgent(await manager.token());
  const { trust } = agent.identity;
  const there = agentOf(
    { ...agent.identity, trust: { ...trust, managers: [`127.0.0.1:${second.port}`] } },
    agent.holder,
  );
  t.after(() => [agent, there].forEach((one) => one.close()));
  const have = { ...checkInBody(there).have, policyHash: (await there.checkIn()).policyHash };
  await manager.inTenant((tx) =>
    tx
      .updateTable('vms')
      .set({ vault_hash: '0'.repeat(64) })
      .execute(),
  );
  const polling = there.checkIn({ waitMs: LINK_LIMITS.pollMsMax, have });
  await until(() => Promise.resolve(second.waiting() === 1), 'it waits');
  const startedMs = performance.now();
  const id = await manager.command(agent.vmId, { kind: 'update' });
  assert.deepEqual(
    (await polling).commands.map((command) => command.id),
    [id],
  );
  assert.ok(performance.now() - startedMs < LINK_LIMITS.pollMsMax - 10_000, 'woken, and not at the end of its wait');
});

test('MG-1a: whatever bytes come, the link answers with a code of its own: no failure of ours, no hang', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy(POLICY);
  const agent = await simulateAgent(await manager.token());
  t.after(() => agent.close());
  const seed = 20_261_125;
  t.diagnostic(`seed ${seed}`);
  const paths = fc.constantFrom(
    '/link/v1/activate',
    '/link/v1/check-in',
    '/link/v1/renew',
    '/link/v1/events?epoch=' + agent.epoch + '&after=0',
    '/link/v1/quarantine',
    `/link/v1/commands/${randomUUID()}/result`,
    `/link/v1/uploads/${randomUUID()}`,
    '/link/v1/nothing',
  );
  const good = checkInBody(agent);
  const bent = fc
    .tuple(fc.constantFrom(...Object.keys(good)), fc.jsonValue())
    .map(([key, value]) => JSON.stringify({ ...good, [key]: value }));
  const bodies = fc.oneof(fc.json(), fc.string(), bent, fc.constant(''), fc.string({ unit: 'binary', maxLength: 500 }));
  const types = fc.constantFrom('application/json', 'application/x-ndjson', 'application/octet-stream', 'text/plain');
  await fc.assert(
    fc.asyncProperty(paths, fc.constantFrom('POST', 'PUT', 'GET'), bodies, types, async (path, method, body, type) => {
      const status = await raw(agent, { path, method, body, type });
      assert.ok(status >= 200 && status < 500, `${method} ${path} answers ${status} to ${body.slice(0, 200)}`);
    }),
    { numRuns: 1_500, seed },
  );
  assert.equal((await agent.checkIn()).state, 'active', 'and it goes on');
});

function raw(
  agent: SimulatedAgent,
  { path, method, body, type }: Record<'path' | 'method' | 'body' | 'type', string>,
): Promise<number> {
  const { trust, certificate, privateKey } = agent.identity;
  const [, port = ''] = (trust.managers[0] ?? '').split(':');
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca: [...trust.authorities],
        cert: certificate,
        key: privateKey,
        servername: 'manager.lazaret.internal',
        agent: rawAgent,
        headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) },
        timeout: 120_000,
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    request.on('timeout', () => request.destroy(new Error('hangs')));
    request.on('error', reject);
    request.end(body);
  });
}
