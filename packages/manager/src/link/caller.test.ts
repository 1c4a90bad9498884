// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { addTestVm } from '../testing/test-vms.ts';
import { type Caller, readCallingVm, readVmOrCopy } from './caller.ts';

describe('whose certificate it is', () => {
  it('MG-1a: a serial speaks for the VM that it was issued to, not for another one of the tenant, nor for one of another tenant', async () => {
    const parts = await testParts({ after });
    const [tenantId, elsewhere] = [await addTestTenant(parts, 'one'), await addTestTenant(parts, 'other')];
    const instance = randomUUID();
    const certified = async (tenant: string, serial: string): Promise<Caller> => {
      const holder = { instance, bootId: randomUUID(), machineId: null, hardwareId: null, earlier: [], clones: {} };
      const { vmId } = await addTestVm(parts, tenant, serial, { holder: JSON.stringify(holder) });
      const row = { tenant_id: tenant, serial, vm_id: vmId, key_hash: serial, revoked_at: null };
      const [created_at, not_after] = [new Date(), new Date(Date.now() + 86_400_000)];
      await parts.database.asTenant(tenant, (tx) =>
        tx
          .insertInto('vm_certificates')
          .values({ ...row, created_at, not_after })
          .execute(),
      );
      return { tenantId: tenant, vmId, serial, instance };
    };
    const [mine, neighbour, foreign] = [
      await certified(tenantId, 'a1'),
      await certified(tenantId, 'b2'),
      await certified(elsewhere, 'c3'),
    ];
    for (const read of [readCallingVm, readVmOrCopy]) {
      const ask = (caller: Caller) => parts.database.asTenant(caller.tenantId, (tx) => read(tx, caller, new Date()));
      assert.equal((await ask(mine)).id, mine.vmId);
      for (const { serial } of [neighbour, foreign])
        await assert.rejects(ask({ ...mine, serial }), { code: 'link.certificate' }, serial);
      for (const { vmId } of [neighbour, foreign])
        await assert.rejects(ask({ ...mine, vmId }), { code: 'link.certificate' }, vmId);
    }
  });
});
