// SPDX-License-Identifier: Apache-2.0
// An old image of a VM is put back, as a hypervisor does it: the agent's state stands where it stood hours ago, while its manager knows all that came since.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { policyFor, siteOf, vm, type Page, type Site } from '../support/site.ts';

interface EventBody {
  readonly id: string;
  readonly type: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly runId?: string;
}

interface CommandView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
}

async function eventsOf({ service, vmId }: Site): Promise<readonly EventBody[]> {
  const bodies: EventBody[] = [];
  for (let cursor = ''; ; ) {
    const page = await service.api<Page<{ body: EventBody }>>('GET', `/vms/${vmId}/events?limit=500${cursor}`);
    bodies.push(...page.items.map(({ body }) => body));
    if (page.next === null) return bodies;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

const commandsOf = async ({ service, vmId }: Site): Promise<readonly CommandView[]> =>
  (await service.api<Page<CommandView>>('GET', `/vms/${vmId}/commands`)).items;

const detectionsOf = async ({ service }: Site): Promise<number> =>
  (await service.api<Page<unknown>>('GET', '/detections')).total;

/** A scan by order, until its result is told. */
async function scanByOrder(site: Site): Promise<string> {
  const { service, vmId } = site;
  const order = { vmIds: [vmId], kind: 'full' };
  const { results } = await service.api<{ results: { scanId: string }[] }>('POST', '/scans', order);
  const id = results[0]?.scanId ?? '';
  const state = async (): Promise<string> => (await service.api<{ state: string }>('GET', `/scans/${id}`)).state;
  await until(async () => (await state()) === 'done', 'the scan is done', 300_000);
  return id;
}

const allDone = async (site: Site): Promise<boolean> => (await commandsOf(site)).every(({ state }) => state === 'done');

test('SY-10c: an old image of the VM put back is the same VM; it gets the policy of today, and no event is told and no order carried out again', {
  timeout: 600_000,
}, async (t) => {
  const site = await siteOf(t);
  const { service, product, vmId } = site;
  await scanByOrder(site);
  await until(() => allDone(site), 'the results are told');
  await site.agent.stop();
  const image = `${product.state}-image`;
  t.after(() => rmSync(image, { recursive: true, force: true }));
  cpSync(product.state, image, { recursive: true, preserveTimestamps: true });

  const later = await product.agent();
  const planted = join(product.directory, 'eicar.com');
  writeFileSync(planted, eicar());
  await scanByOrder(site);
  await until(async () => (await detectionsOf(site)) === 1, 'the detection is told');
  const { items } = await service.api<Page<{ entry: string }>>('GET', '/quarantine');
  const entries = [{ vmId, entry: items[0]?.entry ?? '' }];
  await service.api('POST', '/quarantine/restore', { entries, exception: { reason: 'known', expires: null } });
  await until(() => existsSync(planted), 'the order is carried out');
  const policy = await policyFor(product, { action: { kind: 'custom', primary: 'pass' } });
  const hash = await service.savePolicy(policy);
  await until(async () => (await vm(service, vmId)).settings.applied?.hash === hash, 'the new policy is applied');
  await until(() => allDone(site), 'all results are told');
  await later.stop();
  const before = await eventsOf(site);
  const orders = await commandsOf(site);
  // A witness: who carries the restore out again would have to make it again.
  rmSync(planted);

  rmSync(product.state, { recursive: true });
  cpSync(image, product.state, { recursive: true, preserveTimestamps: true });
  const restored = await product.agent();
  await until(
    async () => (await vm(service, vmId)).settings.applied?.hash === hash,
    'the policy of today is applied',
    300_000,
  );
  writeFileSync(join(product.directory, 'new.com'), eicar());
  const scanId = await scanByOrder(site);
  await until(async () => (await detectionsOf(site)) === 2, 'what happens from now on is told', 300_000);
  await until(() => allDone(site), 'its result is told');
  await restored.stop();

  const { items: vms } = await service.api<Page<{ id: string }>>('GET', '/vms');
  assert.deepEqual(
    vms.map(({ id }) => id),
    [vmId],
    'the same VM, and no other',
  );
  const after = await eventsOf(site);
  assert.deepEqual(
    before.filter(({ id }) => !after.some((one) => one.id === id)),
    [],
    'nothing that was told is lost',
  );
  for (const key of [({ id }: EventBody) => id, ({ epoch, sequence }: EventBody) => `${epoch} ${sequence}`])
    assert.equal(new Set(after.map(key)).size, after.length, 'no event is there twice');
  const news = after.filter(({ id }) => !before.some((one) => one.id === id));
  assert.deepEqual(
    news.filter(({ type }) => type === 'run.ended').map(({ runId }) => runId),
    [scanId],
    'of the orders only the new one was carried out',
  );
  assert.deepEqual(
    news.filter(({ type }) => type.startsWith('quarantine.')),
    [],
  );
  assert.equal(existsSync(planted), false, 'the restore was not made again');
  const today = await commandsOf(site);
  assert.deepEqual(
    today.filter(({ id }) => orders.some((one) => one.id === id)).map(({ id, state }) => `${id} ${state}`),
    orders.map(({ id, state }) => `${id} ${state}`),
  );
  assert.equal(today.length, orders.length + 1);
});
