// SPDX-License-Identifier: Apache-2.0
// SY-7: the manager knocks by itself. A real agent process that would not call for a long while, and one that waits on a connection which has died without a
// word: both have their command within seconds. Between agent and manager there is a relay, so that the wire can be seen to fail.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { LINK_LIMITS } from '@lazaret/contract';
import { freePort } from '@lazaret/testkit';
import { makeManager } from '../support/manager.ts';
import { makeProduct, until } from '../support/product.ts';

/** Less than what the agent would wait without a knock: 50 s for the end of a poll, 45 minutes where it was told that it is retired. */
const SOON_MS = LINK_LIMITS.pollMsMax - 10_000;

interface Relay {
  readonly port: number;
  /** What goes through now hears nothing any more, on either side; who comes later gets through. */
  silence(): void;
}

async function relayTo(t: TestContext, port: number): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((from) => {
    const to = connect({ host: '127.0.0.1', port });
    const pair = [from, to] as const;
    pairs.add(pair);
    for (const one of pair) one.on('error', () => undefined);
    from.pipe(to);
    to.pipe(from);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const pair of pairs) for (const one of pair) one.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => {
      for (const [from, to] of pairs) {
        from.unpipe(to);
        to.unpipe(from);
        // What comes is read and lost.
        for (const one of [from, to]) one.resume();
      }
    },
  };
}

async function joined(t: TestContext, knock: { readonly enabled: boolean; readonly port?: number }) {
  const port = await freePort();
  const relay = await relayTo(t, port);
  const manager = await makeManager(t, { port, managers: [`127.0.0.1:${relay.port}`] });
  const product = makeProduct(t);
  const hash = await manager.savePolicy({
    scheduled: { enabled: false },
    agent: { knock: { port: await freePort(), ...knock } },
  });
  await product.agent();
  const activated = await product.activate(await manager.token());
  assert.equal(activated.code, 0, activated.stdout + activated.stderr);
  const { vmId } = JSON.parse(activated.stdout) as { vmId: string };
  const row = () =>
    manager.inTenant((tx) => tx.selectFrom('vms').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow());
  await until(async () => (await row()).applied_hash === hash, 'the policy is applied');
  const told = async (): Promise<number | null> =>
    ((await row()).report as { knock: { port: number | null } } | null)?.knock.port ?? null;
  const opens = knock.enabled && knock.port === undefined;
  await until(async () => ((await told()) !== null) === opens, 'the port is told');
  await until(() => Promise.resolve(manager.link.waiting() === 1), 'a long poll waits');
  const ended = async (id: string): Promise<boolean> => {
    const find = manager.inTenant((tx) =>
      tx.selectFrom('commands').select('state').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    return ['done', 'failed'].includes((await find).state);
  };
  return { manager, product, relay, vmId, row, ended };
}

const hasAddress = Object.values(networkInterfaces())
  .flat()
  .some((one) => one !== undefined && !one.internal && !one.address.startsWith('fe80:'));
const skip = hasAddress ? false : 'this machine has no address but loopback';

test('SY-7a: an agent that would rest for most of an hour is knocked at when a command waits for it, and calls back', {
  skip,
}, async (t) => {
  const { manager, product, vmId, row, ended } = await joined(t, { enabled: true });
  const setMembership = (membership: 'active' | 'retired') =>
    manager.inTenant((tx) => tx.updateTable('vms').set({ membership }).where('id', '=', vmId).execute());
  await setMembership('retired');
  await until(async () => {
    const { stdout } = await product.lazaret('agent', 'status', '--json');
    return (JSON.parse(stdout) as { manager: { state: string } | null }).manager?.state === 'retired';
  }, 'it knows that it was retired');
  await setMembership('active');
  assert.equal((await row()).knocked_at, null, 'nobody has knocked before there was a reason');
  const startedMs = performance.now();
  const id = await manager.command(vmId, { kind: 'update' });
  await until(() => ended(id), 'the command is carried out', SOON_MS);
  t.diagnostic(`${Math.round(performance.now() - startedMs)} ms from the command to its result`);
  assert.notEqual((await row()).knocked_at, null);
});

test('SY-7a: a long poll whose connection died without a word is made anew at the knock', { skip }, async (t) => {
  const { manager, relay, vmId, row, ended } = await joined(t, { enabled: true });
  relay.silence();
  const startedMs = performance.now();
  const id = await manager.command(vmId, { kind: 'update' });
  await until(() => ended(id), 'the command is carried out', SOON_MS);
  t.diagnostic(`${Math.round(performance.now() - startedMs)} ms from the command to its result`);
  assert.notEqual((await row()).knocked_at, null);
});

test('SY-7d: where the policy has it off nobody knocks; a long poll that waits is woken as ever', {
  skip,
}, async (t) => {
  const { manager, vmId, row, ended } = await joined(t, { enabled: false });
  const id = await manager.command(vmId, { kind: 'update' });
  await until(() => ended(id), 'the command is carried out', SOON_MS);
  assert.equal((await row()).knocked_at, null);
});

test('SY-7b: where the port is taken its owner is named, and what the agent begins itself works as ever', {
  skip,
}, async (t) => {
  const owner = createServer().listen(0);
  await once(owner, 'listening');
  t.after(() => owner.close());
  const { port } = owner.address() as AddressInfo;
  const { manager, product, vmId, row, ended } = await joined(t, { enabled: true, port });
  const { stdout } = await product.lazaret('agent', 'status', '--json');
  const { fault } = (JSON.parse(stdout) as { manager: { knock: { fault: { code: string; message: string } | null } } })
    .manager.knock;
  assert.equal(fault?.code, 'link.knock_port_taken');
  assert.match(fault.message, new RegExp(`The stand-by port ${port} is used by .+ \\(pid ${process.pid}\\)`));
  const id = await manager.command(vmId, { kind: 'update' });
  await until(() => ended(id), 'the command is carried out', SOON_MS);
  assert.deepEqual(((await row()).report as { knock: object }).knock, { port: null, fault });
});
