// SPDX-License-Identifier: Apache-2.0
// AC-8g: who gets a file that a VM brought: the very session that ordered it with its password.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Readable } from 'node:stream';
import { applyBatch } from '../ingest/index.ts';
import { storeUpload } from '../link/uploads.ts';
import { client, TEST_PASSWORD, testManager } from '../testing/test-manager.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';

const { server, parts, provider, tenantId, join, signIn } = await testManager({ after });
const T = `/api/v1/tenants/${tenantId}`;
const EMAIL = 'orders@example.com';

/** A file that `who` has ordered, and that its VM has brought. */
async function orderedBy(who: typeof provider): Promise<string> {
  const vm = await addTestVm(parts, tenantId, parts.newId());
  const spool = testSpool(Date.now());
  const event = spool.detection();
  await parts.database.asTenant(tenantId, (tx) =>
    applyBatch({ ...vm, tx, now: new Date() }, { epoch: spool.epoch, after: 0, lines: [event] }, []),
  );
  const entry = (event['action'] as { quarantineId: string }).quarantineId;
  const order = { vmId: vm.vmId, entry, password: TEST_PASSWORD };
  const { body } = await who.ask('POST', `${T}/quarantine/fetch`, order);
  const id = body.id as string;
  const to = (state: 'sent' | 'done') =>
    parts.database.asTenant(tenantId, (tx) => tx.updateTable('commands').set({ state }).where('id', '=', id).execute());
  await to('sent');
  const place = { tenantId, vmId: vm.vmId, commandId: id };
  await storeUpload({ ...parts, nowMs: () => Date.now() }, place, Readable.from([Buffer.from('held')]));
  await to('done');
  return id;
}

describe('a file that was brought', () => {
  it('AC-8g: is handed out in the session that ordered it; not to a token, another admin, or another session of the same person', async () => {
    await provider.ask('GET', `${T}/policies`);
    const person = await join(provider, tenantId, EMAIL, 'admin');
    const other = await join(provider, tenantId, 'other@example.com', 'admin');
    const id = await orderedBy(person);
    const made = await person.ask('POST', `${T}/tokens`, { name: 'x', rights: ['quarantine.fetch'] });
    const token = client(server, { authorization: `Bearer ${String(made.body.token)}` });
    const again = await signIn(EMAIL);
    const at = `${T}/quarantine/fetches/${id}`;
    for (const who of [token, other, again, provider]) {
      const { status, body } = await who.ask('GET', `${at}/archive`);
      assert.deepEqual([status, body.error?.code], [403, 'quarantine.not_yours']);
      assert.equal((await who.ask('GET', at)).body.state, 'ready', 'that it is there is no secret');
    }
    assert.equal((await person.ask('GET', `${at}/archive`)).status, 200);
    const own = await orderedBy(again);
    assert.equal((await again.ask('GET', `${T}/quarantine/fetches/${own}/archive`)).status, 200);
    await again.ask('DELETE', '/api/v1/session');
    assert.equal((await again.ask('GET', `${T}/quarantine/fetches/${own}/archive`)).status, 401);
  });
});
