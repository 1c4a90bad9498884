// SPDX-License-Identifier: Apache-2.0
// Backup and restore with an agent: the manager is lost with its machine; restored elsewhere from its backup, the agent that it had goes on with the key and the
// certificate that it has.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '@lazaret/testkit';
import { ask, makeInstallation, runCommand, setUp, startProcess } from '../../apps/manager/src/test-process.ts';
import { simulateAgent } from '../support/simulated-agent.ts';

test('MG-8c: after a restore elsewhere the agents keep their identity: same VM, same certificate, nobody activates again', async (t) => {
  const link = ['--link-port', String(await freePort()), '--agents-address', '127.0.0.1'];
  const lost = makeInstallation(t);
  const first = await startProcess(lost, ...link);
  const { cookie, tenantId } = await setUp(first);
  const T = `/api/v1/tenants/${tenantId}`;
  const policies = await ask(first, 'GET', `${T}/policies`, { cookie });
  const body = { policyId: policies.body.items[0].id as string };
  const enrolment = await ask(first, 'POST', `${T}/enrolment-tokens`, { cookie, body });
  const agent = await simulateAgent(enrolment.body.secret as string, 'kept');
  t.after(() => agent.close());
  const before = await agent.checkIn();
  const file = join(lost.directory, 'manager.backup');
  assert.equal((await runCommand(lost, 'backup', file)).code, 0);
  await first.kill();

  const elsewhere = makeInstallation(t);
  const restored = await runCommand(elsewhere, 'restore', file);
  assert.equal(restored.code, 0, restored.stderr);
  // Only now, so that nobody else answers at the address: the lost machine's database is still there to be ended.
  const second = await startProcess(elsewhere, ...link);
  const after = await agent.checkIn();
  assert.deepEqual([after.policyHash, after.clone], [before.policyHash, false]);
  const { body: vms } = await ask(second, 'GET', `${T}/vms`, { cookie });
  const [vm] = vms.items;
  assert.deepEqual([vms.total, vm.id, vm.name, vm.link.state], [1, agent.vmId, 'kept', 'online']);
  await endLostDatabase(lost);
});

/** The killed manager left its database; the next start adopts it, and its stop ends it. */
async function endLostDatabase(lost: ReturnType<typeof makeInstallation>): Promise<void> {
  const manager = await startProcess(lost);
  assert.equal(manager.postgres.adopted, true);
  await manager.stop();
}
