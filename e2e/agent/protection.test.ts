// SPDX-License-Identifier: Apache-2.0
// What a manager shows of a VM whose policy wants real-time scan where it does not run: never plainly "protected", always why, and soon. The agent here
// was started without a supervisor, so that it marks nothing on this machine.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Alarm, Vm, VmDetail, VmEvent } from '@lazaret/contract';
import { freePort } from '@lazaret/testkit';
import { makeProduct, until } from '../support/product.ts';
import { makeService } from '../support/service.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const DAY_MS = 86_400_000;

test('real-time that does not run is told with why within seconds: no supervisor, switched off, off by schedule, which is no alarm', async (t) => {
  const service = await makeService(t);
  const product = makeProduct(t);
  const port = await freePort();
  const policy = (realtime: object): object => ({
    name: 'Default',
    scheduled: { enabled: false },
    agent: { knock: { enabled: true, port } },
    realtime: {
      directories: { kind: 'list', entries: [{ path: `${product.directory}/later`, subdirectories: true }] },
      ...realtime,
    },
  });
  await service.savePolicy(policy({}));
  await product.agent(product.writePolicy(policy({})));
  const activated = await product.activate(await service.token());
  assert.equal(activated.code, 0, activated.stdout + activated.stderr);
  const { vmId } = JSON.parse(activated.stdout) as { vmId: string };
  const read = (): Promise<VmDetail> => service.api<VmDetail>('GET', `/vms/${vmId}`);
  const shown = async (state: string, why: string): Promise<VmDetail> => {
    await until(async () => {
      const { protection } = await read();
      return protection.state === state && protection.why === `realtime.${why}`;
    }, `${state}, ${why}`);
    return read();
  };
  const alarms = async (): Promise<readonly string[]> => {
    const { items } = await service.api<{ items: Alarm[] }>('GET', '/alarms?state=open');
    return items.map(({ kind }) => kind);
  };

  const alone = await shown('degraded', 'no-supervisor');
  assert.deepEqual(
    [alone.realtime?.state, alone.realtime?.why, alone.realtime?.counts],
    ['degraded', 'no-supervisor', null],
  );
  assert.deepEqual(
    alone.mounts.map(({ path, covered, why }) => [path, covered, why]),
    [[`${product.directory}/later`, false, 'missing']],
  );
  const { items } = await service.api<{ items: Vm[] }>('GET', '/vms?protection=degraded');
  assert.deepEqual(
    items.map(({ protection }) => protection.why),
    ['realtime.no-supervisor'],
  );
  await until(async () => (await alarms()).includes('degraded'), 'the alarm');
  assert.deepEqual(alone.protects?.realtime?.paths, [`${product.directory}/later`], 'what protects is shown');

  await service.savePolicy(policy({ enabled: false }));
  const off = await shown('off-by-policy', 'policy');
  assert.deepEqual(off.protects, { realtime: null, scheduled: null });
  assert.ok(off.patterns.starterOnly && (off.patterns.signatures ?? 0) > 0, 'what it has is the starter set');
  await until(async () => !(await alarms()).includes('degraded'), 'the alarm went');
  assert.ok(!(await alarms()).includes('protection-off'), 'what somebody set is no alarm');
  const otherDay = WEEKDAYS[new Date(Date.now() + 3 * DAY_MS).getDay()];
  const ranges = [{ day: otherDay, from: '10:00', to: '11:00' }];
  await service.savePolicy(policy({ schedule: { kind: 'week', ranges } }));
  await shown('off-by-schedule', 'schedule');
  await until(
    async () => !(await alarms()).some((kind) => kind === 'degraded' || kind === 'protection-off'),
    'no alarm',
  );

  const states = async (): Promise<readonly unknown[]> => {
    const events = await service.api<{ items: VmEvent[] }>('GET', `/vms/${vmId}/events?limit=200`);
    return events.items.filter(({ type }) => type === 'realtime.state').map(({ body }) => body['why']);
  };
  await until(async () => (await states())[0] === 'schedule', 'each change of the state is an event');
  assert.ok((await states()).includes('policy'));
});
