// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type Clock, systemClock } from '@lazaret/platform';
import { freePort, manualClock, withinOnce } from '@lazaret/testkit';
import { makeAuthority, makeManagerCertificate, signAgentRequest } from '../../../../manager/src/ca/certificates.ts';
import { knock, toPem } from '../../../../manager/src/link/knock/knock.ts';
import { makeKeyRequest } from '../identity/key-request.ts';
import { knockServer } from './knock-server.ts';

const NOW = Date.now();
const vmId = '01980000-0000-7000-8000-000000000001';
const tenantId = '01980000-0000-7000-8000-000000000002';
const authority = await makeAuthority(NOW);
const manager = await makeManagerCertificate(authority, { names: [], addresses: [] }, NOW);

async function agentIdentity(id = vmId) {
  const { privateKey, request } = await makeKeyRequest();
  const { certificate } = await signAgentRequest(authority, request, { tenantId, vmId: id }, NOW);
  return { certificate, privateKey, authorities: [authority.certificate] };
}

function listenAt(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, () => resolve(server));
  });
}

async function opened(t: TestContext, clock: Clock = systemClock) {
  let knocks = 0;
  const server = knockServer(clock, () => (knocks += 1));
  t.after(() => server.close());
  const port = await freePort();
  await server.want(port, await agentIdentity());
  return { server, port, knocks: () => knocks };
}

describe('the stand-by port', () => {
  it('SY-7a: a manager knocks and is heard, over both families', async (t) => {
    const { port, knocks } = await opened(t);
    for (const address of ['127.0.0.1', '::1'])
      assert.equal(await knock({ addresses: [address], port, vmId }, manager, [authority.certificate]), true, address);
    assert.equal(knocks(), 2);
  });

  it('SY-7a: another installation, and another agent of the same one, are not heard', async (t) => {
    const { server, port, knocks } = await opened(t);
    const other = await makeAuthority(NOW);
    const stranger = await makeManagerCertificate(other, { names: [], addresses: [] }, NOW);
    await knock({ addresses: ['127.0.0.1'], port, vmId }, stranger, [authority.certificate]);
    const { certificate, privateKey } = await agentIdentity('01980000-0000-7000-8000-000000000009');
    const der = Buffer.from(privateKey.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    assert.ok(toPem(der).startsWith('-----BEGIN PRIVATE KEY-----'));
    await knock({ addresses: ['127.0.0.1'], port, vmId }, { certificate, privateKey: der }, [authority.certificate]);
    assert.equal(knocks(), 0);
    assert.ok(server.turnedAway() >= 2);
  });

  it('SY-7b: a port that is taken is an error that names its owner, and it is opened when the owner has gone', async (t) => {
    const taken = await listenAt(0);
    const { port } = taken.address() as AddressInfo;
    const server = knockServer(systemClock, () => {});
    t.after(() => server.close());
    const identity = await agentIdentity();
    await server.want(port, identity);
    const { fault } = server.state();
    assert.equal(fault?.code, 'link.knock_port_taken');
    assert.match(fault.message, new RegExp(`The stand-by port ${port} is used by .+ \\(pid ${process.pid}\\)`));
    await new Promise((resolve) => taken.close(resolve));
    await server.want(port, identity);
    assert.deepEqual(server.state(), { port, fault: null });
  });

  it('SY-7d: it moves and closes as the policy says', async (t) => {
    const { server, port } = await opened(t);
    const other = await freePort();
    const identity = await agentIdentity();
    await server.want(other, identity);
    assert.deepEqual(server.state(), { port: other, fault: null });
    assert.equal(await knock({ addresses: ['127.0.0.1'], port, vmId }, manager, [authority.certificate]), false);
    await server.want(null, identity);
    assert.deepEqual(server.state(), { port: null, fault: null });
    assert.equal(await knock({ addresses: ['127.0.0.1'], port: other, vmId }, manager, [authority.certificate]), false);
  });

  it('SY-7c: strangers of one address take neither the places nor the second from a manager at another', async (t) => {
    const { server, port, knocks } = await opened(t, manualClock(NOW));
    const held = new Set<Socket>();
    for (let at = 0; at < 40; at++) held.add(await connectFrom(t, port, '127.0.0.2'));
    assert.equal(await knock({ addresses: ['127.0.0.1'], port, vmId }, manager, [authority.certificate]), true);
    assert.deepEqual([knocks(), server.turnedAway() >= 20], [1, true]);
  });

  it('SY-7c: once a manager has knocked, strangers of however many addresses do not keep it out', async (t) => {
    const clock = manualClock(NOW);
    const { port, knocks } = await opened(t, clock);
    const knockOnce = (): Promise<boolean> =>
      knock({ addresses: ['127.0.0.1'], port, vmId }, manager, [authority.certificate]);
    assert.equal(await knockOnce(), true);
    await clock.advance(1_000);
    for (let at = 0; at < 60; at++) await connectFrom(t, port, `127.0.0.${at + 2}`);
    assert.equal(await knockOnce(), true);
    assert.equal(knocks(), 2);
  });

  it('SY-7c: what a stranger holds when the port closes is not waited for', async (t) => {
    await withinOnce(2_000, async () => {
      const { server, port } = await opened(t);
      const socket = await connectFrom(t, port, '127.0.0.2');
      const startedMs = performance.now();
      await Promise.all([server.close(), socket.closed || once(socket, 'close')]);
      return performance.now() - startedMs;
    });
  });

  it('SY-7c: a stranger is counted, and no line is written for it', async (t) => {
    const { server, port } = await opened(t);
    const written = t.mock.method(process.stderr, 'write', () => true);
    for (let at = 0; at < 20; at++) await stranger(port);
    assert.ok(server.turnedAway() >= 20);
    assert.equal(written.mock.callCount(), 0);
  });

  it('SY-7c: strangers cost less than a millisecond of CPU each, and a manager still gets through after them', async (t) => {
    const clock = manualClock(NOW);
    const { server, port, knocks } = await opened(t, clock);
    const strangers = 1_000;
    await withinOnce(1, async () => {
      const before = process.cpuUsage();
      for (let at = 0; at < strangers; at += 50) await Promise.all(Array.from({ length: 50 }, () => stranger(port)));
      const { user, system } = process.cpuUsage(before);
      // Both ends run in this process: what is measured is more than the port's own cost.
      const each = (user + system) / 1_000 / strangers;
      t.diagnostic(`${each.toFixed(3)} ms of CPU for a stranger, both ends together`);
      return each;
    });
    assert.ok(server.turnedAway() > strangers / 2);
    await clock.advance(1_100);
    assert.equal(await knock({ addresses: ['127.0.0.1'], port, vmId }, manager, [authority.certificate]), true);
    assert.equal(knocks(), 1);
  });
});

/** Says something that is no TLS, and is turned away. */
function stranger(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** Only connects. */
async function connectFrom(t: TestContext, port: number, localAddress: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
  t.after(() => socket.destroy());
  // It may be turned away at once.
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return socket.resume();
}
