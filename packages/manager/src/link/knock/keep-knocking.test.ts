// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it, type TestContext } from 'node:test';
import { manualClock, until } from '@lazaret/testkit';
import { queueCommand } from '../../commands/index.ts';
import { addTestTenant, testParts } from '../../testing/test-parts.ts';
import { addTestVm, type TestVm } from '../../testing/test-vms.ts';
import { isKnockable } from './claim-silent-vms.ts';
import { keepKnocking } from './keep-knocking.ts';
import type { KnockTarget } from './knock.ts';

const START_MS = Date.parse('2026-11-25T12:00:00Z');
const PORT = 4118;
const HASH = '0'.repeat(64);

describe('knocking by itself', async () => {
  const clock = manualClock(START_MS);
  const parts = await testParts({ after }, { clock });
  let tenantId: string;
  beforeEach(async () => {
    tenantId = await addTestTenant(parts, `tenant ${Math.random()}`);
  });

  const addVm = (fields: object = {}): Promise<TestVm> =>
    addTestVm(parts, tenantId, 'web', {
      last_seen_at: new Date(clock.nowMs() - 10_000),
      addresses: ['192.0.2.10', 'fd00::10'],
      applied_hash: HASH,
      report: JSON.stringify({ knock: { port: PORT, fault: null }, policy: { refused: null } }),
      ...fields,
    });
  const command = ({ vmId }: TestVm): Promise<void> =>
    parts.database.asTenant(tenantId, (tx) =>
      queueCommand(tx, {
        tenantId,
        id: parts.newId(),
        vmId,
        body: { kind: 'update' },
        now: new Date(clock.nowMs()),
        createdBy: 'test',
      }),
    );
  const change = (fields: object, { vmId }: TestVm): Promise<unknown> =>
    parts.database.asTenant(tenantId, (tx) => tx.updateTable('vms').set(fields).where('id', '=', vmId).execute());
  /** One manager's knocks; whom it knocked at. */
  const manager = async (t: TestContext, knock = (_target: KnockTarget): Promise<boolean> => Promise.resolve(true)) => {
    const knocked: KnockTarget[] = [];
    const { database, log } = parts;
    const knocking = await keepKnocking({
      database,
      clock,
      log,
      knock: (target) => {
        knocked.push(target);
        return knock(target);
      },
    });
    t.after(() => knocking.close());
    return knocked;
  };
  /** Resolves when the database has told its notice of this: to every manager in the same turn, for they share one listener here. */
  const noticed = async (of: string, work: () => Promise<unknown>): Promise<void> => {
    const came = Promise.withResolvers<void>();
    const end = await parts.database.listen('lazaret_vm', (payload) => {
      if (payload === `${tenantId} ${of}`) came.resolve();
    });
    await work();
    await came.promise;
    end();
  };
  const order = (vm: TestVm): Promise<void> => noticed(vm.vmId, () => command(vm));
  const goOn = async (ms: number): Promise<void> => {
    for (let goneMs = 0; goneMs < ms; goneMs += 250) {
      await clock.advance(250);
      // What a look asks of the database takes its time.
      await parts.database.asTenant(tenantId, (tx) => tx.selectFrom('vms').select('id').execute());
    }
  };
  const goOnUntil = (knocked: () => readonly unknown[], count: number): Promise<void> =>
    until(async () => {
      await goOn(250);
      return knocked().length >= count;
    }, `${count} knocks`);
  /** Somebody who is to be knocked at. A look claims all of a tenant together: who was not by then is left in peace. */
  const witness = async (): Promise<string> => {
    const vm = await addVm();
    await order(vm);
    return vm.vmId;
  };

  it('SY-7a: a command waits, and the VM has not called since: one knock, by one of two managers', async (t) => {
    const knocked = [await manager(t), await manager(t)];
    const vm = await addVm();
    await order(vm);
    await goOnUntil(() => knocked.flat(), 1);
    await goOn(10_000);
    assert.deepEqual(knocked.flat(), [{ vmId: vm.vmId, addresses: ['192.0.2.10', 'fd00::10'], port: PORT }]);
  });

  it('a VM that has called since is left in peace, and so is one that was told nothing new', async (t) => {
    const knocked = await manager(t);
    const called = await addVm();
    await addVm();
    await order(called);
    await change({ last_seen_at: new Date(clock.nowMs() + 1) }, called);
    const other = await witness();
    await goOnUntil(() => knocked, 1);
    assert.deepEqual(
      knocked.map(({ vmId }) => vmId),
      [other],
    );
  });

  it('SY-7d: off, or told by a VM that was retired: nobody knocks', async (t) => {
    const knocked = await manager(t);
    const off = JSON.stringify({ knock: { port: null, fault: null }, policy: { refused: null } });
    for (const fields of [{ report: off }, { membership: 'retired' }, { addresses: ['127.0.0.1', 'a.example'] }])
      await order(await addVm(fields));
    const other = await witness();
    await goOnUntil(() => knocked, 1);
    assert.deepEqual(
      knocked.map(({ vmId }) => vmId),
      [other],
    );
  });

  it('SY-7a: a new policy for all waits: whoever has it, or has refused it, is not knocked at', async (t) => {
    const knocked = await manager(t);
    const hash = '1'.repeat(64);
    const silent = await addVm();
    await addVm({ applied_hash: hash });
    const refused = { hash, code: 'policy.invalid', message: '' };
    await addVm({ report: JSON.stringify({ knock: { port: PORT, fault: null }, policy: { refused } }) });
    await noticed('*', () =>
      parts.database.asTenant(tenantId, async (tx) => {
        await tx.insertInto('policy_documents').values({ tenant_id: tenantId, hash, document: '{}' }).execute();
        await tx.updateTable('policies').set({ hash }).execute();
      }),
    );
    await goOnUntil(() => knocked, 1);
    assert.deepEqual(
      knocked.map(({ vmId }) => vmId),
      [silent.vmId],
    );
  });

  it('the same VM is knocked at once in 15 s, however many commands come', async (t) => {
    const knocked = await manager(t);
    const vm = await addVm();
    await order(vm);
    await goOnUntil(() => knocked, 1);
    const rows = await parts.database.asTenant(tenantId, (tx) =>
      tx.selectFrom('vms').select('knocked_at').where('id', '=', vm.vmId).execute(),
    );
    const againMs = (rows[0]?.knocked_at?.getTime() ?? 0) + 15_000;
    for (let turn = 0; turn < 4; turn++) {
      await order(vm);
      await goOn(Math.min(3_000, againMs - 500 - clock.nowMs()));
    }
    assert.equal(knocked.length, 1);
    await goOn(15_000);
    await order(vm);
    await goOnUntil(() => knocked, 2);
    assert.equal(knocked.length, 2);
  });

  it('no more than eight knocks at once, and no VM that does not answer holds up the others for ever', async (t) => {
    let now = 0;
    let most = 0;
    const eight = Promise.withResolvers<void>();
    const knocked = await manager(t, async () => {
      most = Math.max(most, ++now);
      if (now === 8) eight.resolve();
      await eight.promise;
      now -= 1;
      throw new Error('nobody there');
    });
    for (let index = 0; index < 30; index++) await order(await addVm());
    await goOnUntil(() => knocked, 30);
    assert.deepEqual([knocked.length, most], [30, 8]);
  });

  it('a VM cannot make the manager speak to its own machine, to a link’s neighbours, or to a name', () => {
    const never = [
      '127.0.0.1',
      '::1',
      '::',
      '0.0.0.0',
      '169.254.169.254',
      'fe80::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '255.255.255.255',
      'localhost',
      '',
    ]; // prettier-ignore
    for (const address of never) assert.equal(isKnockable(address), false, address);
    for (const address of ['10.0.0.1', '192.0.2.1', 'fd00::2', '2001:db8::1']) assert.equal(isKnockable(address), true);
  });
});
