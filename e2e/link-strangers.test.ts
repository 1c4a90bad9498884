// SPDX-License-Identifier: Apache-2.0
// Who knocks at the agents' port without a certificate, and an agent that brings more than one VM may.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { LinkRefusal } from '../packages/agent/src/link/transport.ts';
import { makeManager } from './manager.ts';
import { agentOf, checkInBody, simulateAgent } from './simulated-agent.ts';

/** Generous: a machine under load takes its time to notice. */
const DROPPED_MS_MAX = 15_000;

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
  const tls = { port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1.3' as const };
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

test('of the places for strangers one address leaves half: others activate meanwhile, one after the other', async (t) => {
  const manager = await makeManager(t, { strangers: { max: 16, ms: 600_000 } });
  await manager.savePolicy({ name: 'p' });
  const tls = { rejectUnauthorized: false, minVersion: 'TLSv1.3' as const };
  const held = new Set<Socket>();
  t.after(() => [...held].forEach((socket) => socket.destroy()));
  for (let at = 0; at < 16; at++) {
    const plain = connectPlain({ port: manager.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    const socket = connectTls({ ...tls, socket: plain.on('error', () => undefined) }).on('error', () => undefined);
    held.add(socket.on('close', () => held.delete(socket)).resume());
    // A ticket follows the handshake: the server has decided by then.
    await Promise.race([once(socket, 'session'), once(socket, 'close')]);
  }
  // More than are free at once: each gives its place back.
  for (let at = 0; at < 6; at++) (await simulateAgent(await manager.token())).close();
  const late = AbortSignal.timeout(DROPPED_MS_MAX);
  while (held.size > 8) await Promise.race([...held].map((socket) => once(socket, 'close', { signal: late })));
  assert.equal(held.size, 8, 'half of the places');
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
