// SPDX-License-Identifier: Apache-2.0
// What somebody grants is a part of what it has. Tried with a token of one right, at each route that grants.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { rightsOfRole, type TenantRight, type TenantRole } from '@lazaret/contract';
import { client, type TestClient, testManager } from '../../testing/test-manager.ts';
import { wouldStillGive } from './still-gives.ts';

const { server, parts, provider, nobody, tenantId, join } = await testManager({ after });
const READS = rightsOfRole('read-only');
const T = `/api/v1/tenants/${tenantId}`;

async function tokenWith(...rights: TenantRight[]): Promise<TestClient> {
  const { body } = await provider.ask('POST', `${T}/tokens`, { name: 'of the test', rights });
  return client(server, { authorization: `Bearer ${String(body.token)}` });
}

async function idOf(email: string): Promise<string> {
  const { body } = await provider.ask('GET', `${T}/users?limit=500`);
  return body.items.find((one: { email: string }) => one.email === email).id as string;
}

const refused = ({ status, body }: { readonly status: number; readonly body: { error?: { code: string } } }) =>
  assert.deepEqual([status, body.error?.code], [403, 'api.forbidden']);

describe('granted is a part of one’s own', () => {
  it('MG-2b, MG-2d: users.write alone invites nobody to a role that it has not, and raises nobody to one', async () => {
    await join(provider, tenantId, 'admin@example.com', 'admin');
    await join(provider, tenantId, 'reader@example.com', 'read-only');
    const [admin, reader] = [await idOf('admin@example.com'), await idOf('reader@example.com')];
    const weak = await tokenWith('users.read', 'users.write');
    for (const role of ['admin', 'operator', 'read-only'])
      refused(await weak.ask('POST', `${T}/users`, { email: `${role}@new.example.com`, role }));
    refused(await weak.ask('PATCH', `${T}/users/${reader}`, { role: 'admin' }));
    refused(await weak.ask('PATCH', `${T}/users/${admin}`, { role: 'read-only' }));
    refused(await weak.ask('POST', `${T}/users/${admin}/password-link`));
    refused(await weak.ask('POST', `${T}/users/${reader}/password-link`));
    refused(await weak.ask('DELETE', `${T}/users/${admin}`));
    const open = await provider.ask('POST', `${T}/users`, { email: 'open@example.com', role: 'read-only' });
    refused(await weak.ask('PATCH', `${T}/users/${open.body.user.id}`, { role: 'admin' }));
    assert.equal((await nobody.ask('GET', '/api/v1/session')).status, 401);
  });

  it('MG-2b: who has every right of a role gives it, and no higher one', async () => {
    const reads = (await provider.ask('GET', '/api/v1/session')).body.tenants[0].rights.filter((right: string) =>
      right.endsWith('.read'),
    ) as TenantRight[];
    const token = await tokenWith(...reads, 'users.write');
    const invited = await token.ask('POST', `${T}/users`, { email: 'fine@example.com', role: 'read-only' });
    assert.equal(invited.status, 201);
    refused(await token.ask('PATCH', `${T}/users/${invited.body.user.id}`, { role: 'operator' }));
  });

  it('MG-2b, MG-2d: a link is judged by what the token that made it has, not by its maker’s role, and by the role that it gives now', async () => {
    const { body } = await provider.ask('POST', `${T}/tokens`, { name: 'links', rights: ['users.write', ...READS] });
    const made_by = (
      await parts.database.asIdentity((tx) =>
        tx.selectFrom('api_tokens').select('made_by').where('id', '=', body.apiToken.id).executeTakeFirstOrThrow(),
      )
    ).made_by;
    const gives = (role: TenantRole, token_id: string | null): Promise<boolean> =>
      parts.database.asIdentity((tx) => wouldStillGive(tx, tenantId, { made_by, token_id }, role));
    assert.equal(await gives('admin', null), true, 'the maker itself');
    assert.equal(await gives('read-only', body.apiToken.id), true);
    for (const role of ['operator', 'admin'] as const) assert.equal(await gives(role, body.apiToken.id), false, role);
    const withoutWrite = await provider.ask('POST', `${T}/tokens`, { name: 'reads', rights: [...READS] });
    assert.equal(await gives('read-only', withoutWrite.body.apiToken.id), false);
    await provider.ask('DELETE', `${T}/tokens/${String(body.apiToken.id)}`);
    assert.equal(await gives('read-only', body.apiToken.id), false, 'a token that is gone gives nothing');
  });

  it('MG-2c: a consent lets the provider do no more than who gives it may', async () => {
    const weak = await tokenWith('consents.write', 'consents.read');
    for (const scope of ['read', 'operate'])
      refused(await weak.ask('POST', `${T}/consents`, { scope, reason: 'x', hours: 1 }));
    assert.equal(
      (await provider.ask('POST', `${T}/consents`, { scope: 'operate', reason: 'x', hours: 1 })).status,
      201,
    );
  });

  it('MG-2d: a token gives a token nothing but its own', async () => {
    const weak = await tokenWith('tokens.write');
    refused(await weak.ask('POST', `${T}/tokens`, { name: 'more', rights: ['users.read'] }));
    assert.equal((await weak.ask('POST', `${T}/tokens`, { name: 'same', rights: ['tokens.write'] })).status, 201);
  });

  it('MG-2d: settings.write alone has nothing sent to an address that it may not see itself', async () => {
    const weak = await tokenWith('settings.read', 'settings.write');
    const contacts = (topics: string[]) => ({ contacts: [{ email: 'me@example.com', language: 'en', topics }] });
    for (const topic of ['detections', 'alarms', 'notices']) {
      refused(await weak.ask('PUT', `${T}/settings/webhook`, { url: 'https://me.example.com/', topics: [topic] }));
      refused(await weak.ask('PUT', `${T}/settings/contacts`, contacts([topic])));
    }
    refused(await weak.ask('PUT', `${T}/settings/webhook`, { url: 'https://me.example.com/' }));
    assert.equal((await weak.ask('PUT', `${T}/settings/webhook`, { url: null })).status, 200, 'to end it is no grant');
    const both = await tokenWith('settings.write', 'alarms.read');
    assert.equal((await both.ask('PUT', `${T}/settings/contacts`, contacts(['alarms']))).status, 200);
    refused(await both.ask('PUT', `${T}/settings/contacts`, contacts(['alarms', 'detections'])));
  });

  it('MG-2b, AC-8f: quarantine.write alone restores, but makes no exception in a policy', async () => {
    const weak = await tokenWith('quarantine.read', 'quarantine.write');
    const entries = [{ vmId: tenantId, entry: 'nothing' }];
    const exception = { reason: 'x', expires: null };
    refused(await weak.ask('POST', `${T}/quarantine/restore`, { entries, exception }));
    assert.equal((await weak.ask('POST', `${T}/quarantine/restore`, { entries })).status, 200);
    const both = await tokenWith('quarantine.write', 'policies.write');
    assert.equal((await both.ask('POST', `${T}/quarantine/restore`, { entries, exception })).status, 200);
  });
});
