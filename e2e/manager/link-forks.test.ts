// SPDX-License-Identifier: Apache-2.0
// Two that hold one identity (SY-10b): how soon they are told apart, and that the second gets nothing meanwhile which the first would lose.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LINK_LIMITS, type Mark, type ShownMark } from '@lazaret/contract';
import { systemClock } from '@lazaret/platform';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { makeProduct, type Product, until } from '../support/product.ts';
import { checkInBody, eventOf, simulateAgent, type SimulatedAgent } from '../support/simulated-agent.ts';

const HASH = '0'.repeat(64);

function tell(agent: SimulatedAgent, id: string): Promise<unknown> {
  const body = JSON.stringify({ outcome: 'done', code: null, message: null, value: null });
  return agent.transport.askStream({ method: 'POST', path: `/link/v1/commands/${id}/result`, body });
}

function commandState(manager: TestManagerLink, id: string): Promise<string> {
  return manager.inTenant(async (tx) => {
    const row = await tx.selectFrom('commands').select('state').where('id', '=', id).executeTakeFirstOrThrow();
    return row.state;
  });
}

/** A VM that is in, at a manager whose clock is ahead by so much. */
async function inTime(t: TestContext, time: { readonly aheadMs: number }) {
  const clock = { ...systemClock, nowMs: () => Date.now() + time.aheadMs };
  const manager = await makeManager(t, { clock });
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  return { manager, agent };
}

test('SY-10b: a copy that runs beside the original gets no order and settles none; the original shows itself at once, and the copy is told that it is one', async (t) => {
  // One clock for all, which goes on by half a second with each check-in: however slow the machine is, nobody's doubt is over.
  let nowMs = Date.now();
  const said = () => ({ time: new Date((nowMs += 500)).toISOString() });
  const manager = await makeManager(t, { clock: { ...systemClock, nowMs: () => nowMs } });
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  const { policyHash } = await agent.checkIn(said());
  const { have, report } = checkInBody(agent);
  await manager.inTenant((tx) => tx.updateTable('vms').set({ vault_hash: report.vault.hash }).execute());
  const polling = agent.checkIn({ ...said(), waitMs: LINK_LIMITS.pollMsMax, have: { ...have, policyHash } });
  await until(() => manager.link.waiting() === 1, 'the original has a poll');
  const startedMs = Date.now();
  assert.equal((await copy.checkIn(said())).clone, false, 'it may be the VM, started again');
  const order = await manager.command(agent.vmId, { kind: 'update' });
  assert.deepEqual((await copy.checkIn(said())).commands, []);
  await assert.rejects(tell(copy, order), { code: 'link.clone' });
  await assert.rejects(copy.upload([eventOf(copy, 1)], 0), { code: 'link.clone' });
  await assert.rejects(copy.put('/link/v1/quarantine', JSON.stringify({ hash: HASH, entries: [] })), {
    code: 'link.clone',
  });
  await polling;
  const back = await agent.checkIn(said());
  assert.ok(Date.now() - startedMs < LINK_LIMITS.pollMsMax - 5_000, 'called, and not at the end of its poll');
  assert.deepEqual([back.clone, back.commands.map(({ id }) => id)], [false, [order]]);
  assert.equal((await copy.checkIn(said())).clone, true);
  await tell(agent, order);
  assert.equal(await commandState(manager, order), 'done');
});

test('SY-10b: what a copy did in the VM’s name while the VM could not be reached is done again by the VM', async (t) => {
  const time = { aheadMs: 0 };
  const { manager, agent } = await inTime(t, time);
  const earlier = await manager.command(agent.vmId, { kind: 'update' });
  assert.equal((await agent.checkIn()).commands.length, 1);
  await tell(agent, earlier);
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  assert.equal((await copy.checkIn()).entrusted, false);
  const order = await manager.command(agent.vmId, { kind: 'update' });
  time.aheadMs = 15_000;
  assert.deepEqual(
    (await copy.checkIn()).commands.map(({ id }) => id),
    [order],
    'nobody else was heard of',
  );
  await tell(copy, order);
  assert.equal(await commandState(manager, order), 'done');
  const back = await agent.checkIn();
  assert.deepEqual([back.clone, back.commands.map(({ id }) => id)], [false, [order]]);
  await tell(agent, order);
  assert.deepEqual([await commandState(manager, earlier), await commandState(manager, order)], ['done', 'done']);
  await assert.rejects(tell(copy, order), { code: 'link.clone' });
});

test('SY-10b: an original whose clock is behind is asked to call again while a copy is in doubt, and the copy gets no order', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  // More than the 10 s of doubt that a copy has else.
  const behind = () => ({ time: new Date(Date.now() - 14_000).toISOString() });
  const { policyHash } = await agent.checkIn(behind());
  const { have, report } = checkInBody(agent);
  await manager.inTenant((tx) => tx.updateTable('vms').set({ vault_hash: report.vault.hash }).execute());
  const poll = () => agent.checkIn({ ...behind(), waitMs: LINK_LIMITS.pollMsMax, have: { ...have, policyHash } });
  const startedMs = Date.now();
  assert.equal((await copy.checkIn()).entrusted, false);
  await poll();
  const askedMs = Date.now() - startedMs;
  assert.ok(askedMs >= 13_000 && askedMs < LINK_LIMITS.pollMsMax - 5_000, `asked to call again after ${askedMs} ms`);
  const order = await manager.command(agent.vmId, { kind: 'update' });
  const inDoubt = await copy.checkIn();
  assert.deepEqual([inDoubt.entrusted, inDoubt.commands], [false, []]);
  const back = await poll();
  assert.deepEqual([back.clone, back.commands.map(({ id }) => id)], [false, [order]]);
  assert.equal((await copy.checkIn()).clone, true);
});

test('SY-10b: what the VM itself has done while a copy held its place stays done', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const order = await manager.command(agent.vmId, { kind: 'update' });
  assert.equal((await agent.checkIn()).commands.length, 1);
  const copy = agent.copy();
  t.after(() => [agent, copy].forEach((one) => one.close()));
  await copy.checkIn();
  await tell(agent, order);
  const { have } = checkInBody(agent);
  const back = await agent.checkIn({ have: { ...have, commands: [order] } });
  assert.deepEqual([back.clone, back.commands], [false, []]);
  assert.equal(await commandState(manager, order), 'done');
});

test('SY-10b: an agent that shows no marks any more, as an older one, gets its orders once the doubt is over', async (t) => {
  const time = { aheadMs: 0 };
  const { manager, agent } = await inTime(t, time);
  const older = agent.copy();
  t.after(() => [agent, older].forEach((one) => one.close()));
  assert.equal((await older.checkIn({ mark: null })).entrusted, false);
  const order = await manager.command(agent.vmId, { kind: 'update' });
  assert.deepEqual((await older.checkIn({ mark: null })).commands, []);
  time.aheadMs = 200_000;
  assert.deepEqual(
    (await older.checkIn({ mark: null })).commands.map(({ id }) => id),
    [order],
  );
});

test('SY-10b: a poll that waits is answered when the doubt is over, with what was ordered meanwhile', async (t) => {
  const manager = await makeManager(t);
  await manager.savePolicy({ name: 'p' });
  const agent = await simulateAgent(await manager.token());
  await agent.checkIn();
  const restarted = agent.copy();
  t.after(() => [agent, restarted].forEach((one) => one.close()));
  const { policyHash } = await restarted.checkIn();
  const order = await manager.command(agent.vmId, { kind: 'update' });
  const body = checkInBody(restarted);
  const polling = { waitMs: LINK_LIMITS.pollMsMax, have: { ...body.have, policyHash } };
  const { vault } = body.report;
  await manager.inTenant((tx) => tx.updateTable('vms').set({ vault_hash: vault.hash }).execute());
  const startedMs = Date.now();
  const answers = [await restarted.checkIn(polling)];
  while (answers.at(-1)?.commands.length === 0 && answers.length < 5) answers.push(await restarted.checkIn(polling));
  assert.deepEqual(
    answers.at(-1)?.commands.map(({ id }) => id),
    [order],
  );
  assert.ok(Date.now() - startedMs < LINK_LIMITS.pollMsMax - 5_000, `after ${Date.now() - startedMs} ms`);
});

interface Status {
  readonly vmId: string;
  readonly state: string;
  readonly connected: boolean;
  readonly entrusted: boolean;
}

async function managerOf(product: Product): Promise<Status | null> {
  const ran = await product.lazaret('agent', 'status', '--json');
  return ran.code === 0 ? (JSON.parse(ran.stdout) as { manager: Status | null }).manager : null;
}

function policyFor(product: Product): object {
  const list = { kind: 'list', entries: [{ path: product.directory, subdirectories: true }] };
  return {
    name: 'p',
    manual: { directories: list },
    scheduled: { enabled: false },
    agent: { knock: { enabled: false } },
  };
}

/** A VM that is in, its agent at work, and a copy of its state as it stands. */
async function copied(t: TestContext, manager: TestManagerLink) {
  const original = makeProduct(t);
  const copy = makeProduct(t);
  await manager.savePolicy(policyFor(original));
  const agent = await original.agent();
  assert.equal((await original.activate(await manager.token())).code, 0);
  const vmId = (await managerOf(original))?.vmId ?? '';
  await until(async () => (await managerOf(original))?.entrusted === true, 'the original is in');
  cpSync(original.state, copy.state, { recursive: true, filter: (path) => !isSocket(path) });
  return { original, copy, vmId, agent };
}

test('SY-10b: two agents, one beside the other with one state: the copy is pending within seconds, orders and events are the original’s', async (t) => {
  const manager = await makeManager(t);
  const { original, copy, vmId } = await copied(t, manager);
  await copy.agent();
  const startedMs = Date.now();
  const orders: string[] = [];
  await until(async () => {
    orders.push(await manager.command(vmId, { kind: 'scan', scope: 'full', paths: [] }));
    return (await managerOf(copy))?.state === 'pending';
  }, 'the copy is pending');
  const tookMs = Date.now() - startedMs;
  t.diagnostic(`told apart after ${tookMs} ms, ${orders.length} orders`);
  assert.ok(tookMs < LINK_LIMITS.pollMsMax - 5_000, `${tookMs} ms: not only with its next poll`);
  const after = await managerOf(copy);
  assert.notEqual(after?.vmId, vmId);
  assert.deepEqual(await managerOf(original).then((one) => [one?.vmId, one?.state]), [vmId, 'active']);
  for (const order of orders)
    await until(async () => (await commandState(manager, order)) === 'done', 'the original did it');
  assert.deepEqual(commandsOf(copy), [], 'the copy was given none');
  assert.deepEqual(commandsOf(original).toSorted(), orders.toSorted());
});

test('SY-10b: a copy that ran while the original was off, with an older state, is pending once the original is back', async (t) => {
  const manager = await makeManager(t);
  const { original, copy, vmId, agent: first } = await copied(t, manager);
  await first.stop();
  await (await original.agent()).stop();
  const second = await original.agent();
  await until(() => hasGoneOn(manager, vmId, copy), 'the original goes on from where the copy stands');
  await second.stop();

  await copy.agent();
  await until(async () => (await managerOf(copy))?.connected === true, 'the copy calls');
  const order = await manager.command(vmId, { kind: 'scan', scope: 'full', paths: [] });
  assert.deepEqual(await managerOf(copy).then((one) => [one?.state, one?.entrusted]), ['active', false]);
  await original.agent();
  await until(async () => (await managerOf(copy))?.state === 'pending', 'the copy is pending');
  assert.deepEqual(await managerOf(original).then((one) => [one?.vmId, one?.state]), [vmId, 'active']);
  await until(async () => (await commandState(manager, order)) === 'done', 'the original did it');
  assert.deepEqual(commandsOf(copy), []);
});

/** Whether the manager knows a mark that this state does not: before that it is no older one, and nothing tells the two apart. */
async function hasGoneOn(manager: TestManagerLink, vmId: string, { state }: Product): Promise<boolean> {
  const { mark: shown } = JSON.parse(readFileSync(join(state, 'link/mark.json'), 'utf8')) as { mark: ShownMark };
  const { holder } = await manager.inTenant((tx) =>
    tx.selectFrom('vms').select('holder').where('id', '=', vmId).executeTakeFirstOrThrow(),
  );
  const known = (holder as { mark?: { now: Mark } } | null)?.mark?.now.lot;
  return known !== shown.from?.lot && known !== shown.to.lot;
}

function isSocket(path: string): boolean {
  return lstatSync(path).isSocket();
}

function commandsOf(product: Product): string[] {
  const database = new DatabaseSync(join(product.state, 'agent.sqlite'), { readOnly: true });
  try {
    return (database.prepare('SELECT id FROM commands').all() as { id: string }[]).map(({ id }) => id);
  } finally {
    database.close();
  }
}
