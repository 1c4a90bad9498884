// SPDX-License-Identifier: Apache-2.0
// Who knocks at the agents' port without a certificate, and an agent that brings more than one VM may.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { LinkRefusal } from '../../packages/agent/src/link/transport.ts';
import { makeManager } from '../support/manager.ts';
import { agentOf, checkInBody, simulateAgent } from '../support/simulated-agent.ts';

/** After each of them is dropped (10 s), also on a machine that is slow to notice; well before the limit of any request (300 s). */
const DROPPED_MS_MAX = 45_000;
const TLS = { rejectUnauthorized: false, minVersion: 'TLSv1.3' as const };

/** How long the manager keeps a connection open that says nothing more. */
async function heldMs(socket: Socket): Promise<number> {
  const startedMs = performance.now();
  socket.on('error', () => undefined);
  socket.resume();
  const late = setTimeout(() => socket.destroy(new Error('still held')), DROPPED_MS_MAX);
  await once(socket, 'close');
  clearTimeout(late);
  return performance.now() - startedMs;
}

test('strangers that only hold a connection are dropped, whatever they have said; an agent’s kept one is not', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const port = manager.port;
  const tls = { port, host: '127.0.0.1', ...TLS };
  const saying = (text: string): Socket => {
    const socket = connectTls(tls, () => void socket.write(text));
    return socket;
  };
  const { certificate, privateKey } = agent.identity;
  const known = connectTls({ ...tls, cert: certificate, key: privateKey }).on('error', () => undefined);
  await once(known, 'secureConnect');
  const waiting = agent
    .checkIn({ waitMs: 20_000, have: { ...checkInBody(agent).have, policyHash: null } })
    .catch(() => null);
  const strangers: readonly Socket[] = [
    connectPlain({ port, host: '127.0.0.1' }),
    saying(''),
    saying('POST /link/v1/activate HTTP/1.1\r\nhost: x\r\n'),
    saying(
      'POST /link/v1/activate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"',
    ),
    saying('GET /link/v1/nothing HTTP/1.1\r\nhost: x\r\n\r\n'),
  ];
  const times = await Promise.all(strangers.map(heldMs));
  for (const [at, ms] of times.entries()) assert.ok(ms < DROPPED_MS_MAX - 1_000, `stranger ${at} was held ${ms} ms`);
  assert.equal(known.closed, false, 'who shows a certificate is not dropped');
  known.destroy();
  await waiting;
  agent.close();
});

/** Strangers that hold what they have: from each address one, over TLS or not. Resolves when the manager has seen all of them. */
async function holdFrom(t: TestContext, port: number, addresses: readonly string[], overTls: boolean) {
  const held = new Set<Socket>();
  t.after(() => [...held].forEach((socket) => socket.destroy()));
  for (const localAddress of addresses) {
    const plain = connectPlain({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
    await once(plain, 'connect');
    const socket = overTls ? connectTls({ ...TLS, socket: plain }).on('error', () => undefined) : plain;
    held.add(socket.on('close', () => held.delete(socket)).resume());
    // A ticket follows the handshake: the server has decided by then.
    if (overTls) await Promise.race([once(socket, 'session'), once(socket, 'close')]);
  }
  return held;
}

const LOOPBACKS = Array.from({ length: 40 }, (_, at) => `127.0.0.${at + 2}`);
const ONE_ADDRESS = LOOPBACKS.map(() => '127.0.0.2');

for (const overTls of [true, false])
  for (const [who, addresses] of [
    ['many addresses', LOOPBACKS],
    ['one address', ONE_ADDRESS],
    ['the very address of who activates', LOOPBACKS.map(() => '127.0.0.1')],
  ] as const)
    test(`strangers of ${who} that take every place ${overTls ? 'after' : 'before'} TLS keep nobody from activation, and no more are held than there are places`, {
      timeout: 400_000,
    }, async (t) => {
      const manager = await makeManager(t, { strangers: { max: 16, ms: 600_000 } });
      await manager.savePolicy({ name: 'p' });
      const held = await holdFrom(t, manager.port, addresses, overTls);
      for (let at = 0; at < 6; at++) (await simulateAgent(await manager.token())).close();
      const late = AbortSignal.timeout(DROPPED_MS_MAX);
      while (held.size > 16) await Promise.race([...held].map((socket) => once(socket, 'close', { signal: late })));
      assert.ok(held.size > 4, `${held.size} are held: a newcomer takes one place, not all`);
    });

test('a VM that opens connections without end keeps those of its own number, and another VM is served', async (t) => {
  const manager = await makeManager(t, { strangers: { max: 16, ms: 600_000 }, connectionsOfVmMax: 4 });
  await manager.savePolicy({ name: 'p' });
  const [greedy, other] = [await simulateAgent(await manager.token()), await simulateAgent(await manager.token())];
  t.after(() => [greedy, other].forEach((one) => one.close()));
  await other.checkIn();
  const { certificate, privateKey } = greedy.identity;
  const held = new Set<Socket>();
  t.after(() => [...held].forEach((socket) => socket.destroy()));
  for (let at = 0; at < 12; at++) {
    const socket = connectTls({ ...TLS, port: manager.port, host: '127.0.0.1', cert: certificate, key: privateKey });
    held.add(
      socket
        .on('error', () => undefined)
        .on('close', () => held.delete(socket))
        .resume(),
    );
    await Promise.race([once(socket, 'session'), once(socket, 'close')]);
  }
  const late = AbortSignal.timeout(DROPPED_MS_MAX);
  while (held.size > 4) await Promise.race([...held].map((socket) => once(socket, 'close', { signal: late })));
  assert.equal(held.size, 4);
  await other.checkIn();
  await greedy.checkIn();
});

test('an agent that brings more events than one VM may is told to wait, and another one is not', async (t) => {
  const manager = await makeManager(t, {
    quota: { eventsMax: 3, eventsPerSecond: 0.01, bytesMax: 1_000_000, bytesPerSecond: 1 },
  });
  await manager.savePolicy({ name: 'p' });
  const [first, second] = [await simulateAgent(await manager.token()), await simulateAgent(await manager.token())];
  t.after(() => [first, second].forEach((one) => one.close()));
  for (const one of [first, second]) await one.checkIn();
  const lines = ['x', 'y', 'z'];
  assert.equal((await first.upload(lines, 0)).malformed, 3);
  await assert.rejects(first.upload(lines, 0), (error: unknown) => {
    assert.ok(error instanceof LinkRefusal);
    assert.deepEqual([error.code, error.status], ['link.quota', 429]);
    return (error.retryAfterMs ?? 0) > 0;
  });
  assert.equal((await second.upload(lines, 0)).malformed, 3);
  const stored = await manager.inTenant((tx) => tx.selectFrom('events').select('id').execute());
  assert.equal(stored.length, 6);
  const deep = agentOf(first.identity, first.holder);
  t.after(() => deep.close());
  const body = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  for (const path of ['/link/v1/check-in', '/link/v1/renew'])
    await assert.rejects(deep.transport.askStream({ method: 'POST', path, body }), { code: 'link.bad_request' }, path);
});

test('an agent that checks in without end, or lists more than a vault holds, is told to wait, and another one is not', async (t) => {
  const few = { eventsPerSecond: 0.01, bytesMax: 100_000_000, bytesPerSecond: 1 };
  const manager = await makeManager(t, {
    checkInQuota: { ...few, eventsMax: 3 },
    listQuota: { ...few, eventsMax: 5 },
  });
  await manager.savePolicy({ name: 'p' });
  const [first, second] = [await simulateAgent(await manager.token()), await simulateAgent(await manager.token())];
  t.after(() => [first, second].forEach((one) => one.close()));
  const listOf = (count: number): string => {
    const entries = Array.from({ length: count }, (_, at) => ({
      id: `${at}`,
      state: 'damaged',
      bytes: 0,
      code: 'x',
      why: 'x',
    }));
    return JSON.stringify({ hash: '0'.repeat(64), entries });
  };
  const refused = { code: 'link.quota', status: 429 };
  for (let at = 0; at < 3; at++) await first.checkIn();
  await assert.rejects(first.checkIn(), refused);
  const copy = first.copy();
  t.after(() => copy.close());
  assert.equal((await copy.checkIn()).state, 'active', 'who else has its certificate is counted by itself');
  const again = agentOf(first.identity, first.holder);
  t.after(() => again.close());
  await assert.rejects(again.checkIn(), refused);
  await first.put('/link/v1/quarantine', listOf(4));
  await assert.rejects(first.put('/link/v1/quarantine', listOf(2)), refused);
  await second.checkIn();
  await second.put('/link/v1/quarantine', listOf(5));
});

test('who names another start of the agent at each check-in is told to wait; the one that is known, and another VM, are not', async (t) => {
  const manager = await makeManager(t, {
    startQuota: { eventsMax: 3, eventsPerSecond: 0.01, bytesMax: 0, bytesPerSecond: 0 },
  });
  await manager.savePolicy({ name: 'p' });
  const [first, second] = [await simulateAgent(await manager.token()), await simulateAgent(await manager.token())];
  const copies = Array.from({ length: 4 }, () => first.copy());
  t.after(() => [first, second, ...copies].forEach((one) => one.close()));
  await first.checkIn();
  for (const copy of copies.slice(0, 2)) await copy.checkIn();
  const refused = { code: 'link.quota', status: 429 };
  for (const copy of copies.slice(2)) await assert.rejects(copy.checkIn(), refused);
  assert.equal((await first.checkIn()).clone, false);
  assert.equal((await second.checkIn()).state, 'active');
});
