// SPDX-License-Identifier: Apache-2.0
// What a tenant has sent by the provider's machine: how often, and to which address.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { testManager } from '../testing/test-manager.ts';
import { readWebhookSecret } from './index.ts';

const { provider, parts, tenantId, addTenant } = await testManager({ after });
const S = `/api/v1/tenants/${tenantId}/settings`;

describe('what a tenant has sent', () => {
  it('test messages are few an hour, whoever asks for them; another tenant has its own', async () => {
    const contacts = { contacts: [{ email: 'x@example.com', language: 'en', topics: [] }] };
    await provider.ask('PUT', `${S}/contacts`, contacts);
    await provider.ask('PUT', `${S}/webhook`, { url: 'https://example.com/' });
    const statuses: number[] = [];
    for (let at = 0; at < 6; at++)
      for (const what of ['contacts', 'webhook'])
        statuses.push((await provider.ask('POST', `${S}/${what}/test`)).status);
    assert.deepEqual(statuses, [...Array(10).fill(204), 429, 429]);
    const other = await addTenant('Other', 'other@example.com');
    const O = `/api/v1/tenants/${other.id}/settings`;
    await other.admin.ask('PUT', `${O}/contacts`, contacts);
    assert.equal((await other.admin.ask('POST', `${O}/contacts/test`)).status, 204);
  });

  it('AC-11b: what waits for a webhook does not go to the address that it had before', async () => {
    const secretFor = (url: string) =>
      parts.database.asTenant(tenantId, (tx) => readWebhookSecret(tx, parts.sealer, url));
    const { body } = await provider.ask('PUT', `${S}/webhook`, { url: 'https://old.example.com/' });
    assert.equal(await secretFor('https://old.example.com/'), body.secret);
    await provider.ask('PUT', `${S}/webhook`, { url: 'https://new.example.com/' });
    assert.equal(await secretFor('https://old.example.com/'), null);
    assert.notEqual(await secretFor('https://new.example.com/'), null);
    await provider.ask('PUT', `${S}/webhook`, { url: null });
    assert.equal(await secretFor('https://new.example.com/'), null);
  });
});
