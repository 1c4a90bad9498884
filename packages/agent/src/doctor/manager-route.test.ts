// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { describe, it, type TestContext } from 'node:test';
import { makeAuthority, makeManagerCertificate } from '../../../manager/src/ca/certificates.ts';
import { toPem } from '../../../manager/src/link/knock/knock.ts';
import { examineRoute } from './manager-route.ts';

const NOW = Date.now();
const authority = await makeAuthority(NOW);
const other = await makeAuthority(NOW);
const stepsOf = async (manager: string, trusted = authority.certificate, nowMs = () => Date.now()) =>
  (await examineRoute(manager, [trusted], nowMs)).map(({ step, ok }) => `${step} ${ok ? 'good' : 'bad'}`);

async function manager(t: TestContext): Promise<string> {
  const { certificate, privateKey } = await makeManagerCertificate(authority, { names: [], addresses: [] }, NOW);
  const server = createTlsServer({ cert: certificate, key: toPem(privateKey) }, (_request, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the way to the manager', () => {
  it('SY-9a: each hop is named when all is good', async (t) => {
    assert.deepEqual(await stepsOf(await manager(t)), ['name good', 'route good', 'tls good', 'clock good']);
  });

  it('SY-9a: the hop that fails is named, with what to do – a name, a route, a foreign machine', async (t) => {
    assert.deepEqual(await stepsOf('nowhere.invalid:4120'), ['name bad']);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const [, refused] = await examineRoute(`127.0.0.1:${port}`, [authority.certificate], () => Date.now());
    assert.match(refused?.message ?? '', /nothing listens on this port/);
    assert.match(refused?.whatToDo ?? '', /Check that the manager is running/);
    assert.deepEqual(await stepsOf(await manager(t), other.certificate), ['name good', 'route good', 'tls bad']);
  });

  it('SY-6a: a clock that differs by more than a minute is said, by how much and in which direction', async (t) => {
    const ahead = () => Date.now() + 300_000;
    const steps = await examineRoute(await manager(t), [authority.certificate], ahead);
    assert.match(steps.at(-1)?.message ?? '', /(299|300|301) s ahead of the manager's/);
  });
});
