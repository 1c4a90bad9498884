// SPDX-License-Identifier: Apache-2.0
// A link, a session, a token holds what its maker and its person hold when it is used, not when it was made.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { TenantRole } from '@lazaret/contract';
import { client, type TestClient, TEST_PASSWORD, testManager } from '../../testing/test-manager.ts';

const { server, parts, provider, nobody, tenantId, signIn, join, addTenant } = await testManager({ after });
const T = `/api/v1/tenants/${tenantId}`;
const NEW_PASSWORD = 'another long passphrase';

async function idOf(admin: TestClient, tenant: string, email: string): Promise<string> {
  const { body } = await admin.ask('GET', `/api/v1/tenants/${tenant}/users?limit=500`);
  return body.items.find((one: { email: string }) => one.email === email).id as string;
}
const accept = (token: unknown, password = TEST_PASSWORD) =>
  nobody.ask('POST', '/api/v1/invitations/accept', { token, name: 'x', password });
const setPassword = (token: unknown) => nobody.ask('POST', '/api/v1/password-links', { token, password: NEW_PASSWORD });

/** An admin of a tenant of its own, and a member of it with a link to set a password. */
async function memberWithLink(name: string) {
  const { id, admin } = await addTenant(name, `admin@${name}.example.com`);
  const email = `member@${name}.example.com`;
  const person = await join(admin, id, email, 'operator');
  const userId = await idOf(admin, id, email);
  const made = await admin.ask('POST', `/api/v1/tenants/${id}/users/${userId}/password-link`);
  assert.equal(made.status, 201);
  return { id, admin, email, person, userId, link: made.body.token as string };
}

describe('links', () => {
  it('MG-2b: who joins another tenant is not taken over by a link that was made before', async () => {
    const { email, person, link } = await memberWithLink('joins');
    const invited = await provider.ask('POST', `${T}/users`, { email, role: 'admin' });
    assert.equal((await accept(invited.body.link.token)).status, 200);
    assert.equal((await setPassword(link)).body.error.code, 'auth.link_invalid');
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401, 'sessions of before are over');
    await signIn(email);
  });

  it('MG-2b: the same where rows were changed behind everybody’s back: rights are looked at when a link is used', async () => {
    const { email, userId, link } = await memberWithLink('behind');
    await parts.database.asIdentity(async (tx) => {
      const rows = await tx.selectFrom('one_time_links').selectAll().where('user_id', '=', userId).execute();
      const membership = { tenant_id: tenantId, user_id: userId, role: 'admin' as TenantRole, disabled_at: null };
      await tx.insertInto('memberships').values(membership).execute();
      await tx.insertInto('one_time_links').values(rows).execute();
    });
    assert.equal((await setPassword(link)).body.error.code, 'auth.link_invalid');
    await signIn(email);
  });

  it('MG-2b: a new password, by whichever way it was set, ends every other link to set one', async () => {
    const { id, admin, userId, email, person, link } = await memberWithLink('two-links');
    const second = await admin.ask('POST', `/api/v1/tenants/${id}/users/${userId}/password-link`);
    assert.equal((await setPassword(second.body.token)).status, 204);
    assert.equal((await setPassword(link)).body.error.code, 'auth.link_invalid');
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401);
    const third = await admin.ask('POST', `/api/v1/tenants/${id}/users/${userId}/password-link`);
    const again = await signIn(email, NEW_PASSWORD);
    const change = { current: NEW_PASSWORD, password: 'a third long passphrase' };
    assert.equal((await again.ask('PUT', '/api/v1/me/password', change)).status, 204);
    assert.equal((await setPassword(third.body.token)).body.error.code, 'auth.link_invalid');
  });

  it('MG-2b: of ten uses of one link at the same moment one counts', async () => {
    const { email, link } = await memberWithLink('race');
    const uses = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        nobody.ask('POST', '/api/v1/password-links', { token: link, password: `passphrase number ${at}` }),
      ),
    );
    const taken = uses.flatMap(({ status }, at) => (status === 204 ? [at] : []));
    assert.equal(taken.length, 1, JSON.stringify(uses.map(({ status }) => status)));
    await signIn(email, `passphrase number ${taken[0]}`);
  });

  it('MG-2b: a change of role, a shut-out, a leaving end open links and sessions', async () => {
    for (const change of [{ role: 'read-only' }, { disabled: true }]) {
      const { id, admin, userId, person, link } = await memberWithLink(Object.keys(change).join(''));
      const changed = await admin.ask('PATCH', `/api/v1/tenants/${id}/users/${userId}`, change);
      assert.equal(changed.status, 200);
      assert.equal((await person.ask('GET', '/api/v1/session')).status, 401);
      assert.equal((await setPassword(link)).body.error.code, 'auth.link_invalid');
    }
    const leaves = await memberWithLink('leaves');
    const invited = await provider.ask('POST', `${T}/users`, { email: leaves.email, role: 'read-only' });
    await accept(invited.body.link.token);
    const person = await signIn(leaves.email);
    await leaves.admin.ask('DELETE', `/api/v1/tenants/${leaves.id}/users/${leaves.userId}`);
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401);
  });

  it('MG-2b: a link and an invitation are worth nothing when who made them has lost the right', async () => {
    const made = await memberWithLink('maker');
    const second = await join(made.admin, made.id, 'second@maker.example.com', 'admin');
    const password = await second.ask('POST', `/api/v1/tenants/${made.id}/users/${made.userId}/password-link`);
    const invitation = await second.ask('POST', `/api/v1/tenants/${made.id}/users`, {
      email: 'friend@maker.example.com',
      role: 'admin',
    });
    const secondId = await idOf(made.admin, made.id, 'second@maker.example.com');
    await made.admin.ask('PATCH', `/api/v1/tenants/${made.id}/users/${secondId}`, { role: 'operator' });
    assert.equal((await setPassword(password.body.token)).body.error.code, 'auth.link_invalid');
    assert.equal((await accept(invitation.body.link.token)).body.error.code, 'auth.link_invalid');
    assert.equal((await setPassword(made.link)).status, 204, 'the other admin’s link still counts');
  });
});

describe('API tokens', () => {
  const bearer = (token: unknown): TestClient => client(server, { authorization: `Bearer ${String(token)}` });

  it('MG-2d: a token has no more than its maker has now, and none when the maker is shut out or gone', async () => {
    const { id, admin } = await addTenant('Tokens', 'admin@tokens.example.com');
    const path = `/api/v1/tenants/${id}`;
    const maker = await join(admin, id, 'maker@tokens.example.com', 'admin');
    const rights = ['users.read', 'users.write', 'tokens.write'];
    const made = await maker.ask('POST', `${path}/tokens`, { name: 'ci', rights });
    const token = bearer(made.body.token);
    const child = bearer(
      (await token.ask('POST', `${path}/tokens`, { name: 'child', rights: ['users.read'] })).body.token,
    );
    for (const one of [token, child]) assert.equal((await one.ask('GET', `${path}/users`)).status, 200);
    const makerId = await idOf(admin, id, 'maker@tokens.example.com');
    await admin.ask('PATCH', `${path}/users/${makerId}`, { role: 'read-only' });
    assert.equal((await token.ask('GET', `${path}/users`)).status, 200);
    const { tenants } = (await token.ask('GET', '/api/v1/session')).body;
    assert.deepEqual(tenants[0].rights, ['users.read']);
    assert.equal(
      (await token.ask('POST', `${path}/users`, { email: 'a@b.example.com', role: 'read-only' })).status,
      403,
    );
    await admin.ask('PATCH', `${path}/users/${makerId}`, { disabled: true });
    for (const one of [token, child]) assert.equal((await one.ask('GET', `${path}/users`)).status, 401, 'shut out');
    await admin.ask('PATCH', `${path}/users/${makerId}`, { disabled: false, role: 'admin' });
    assert.equal((await child.ask('GET', `${path}/users`)).status, 200);
    await admin.ask('DELETE', `${path}/tokens/${made.body.apiToken.id}`);
    assert.equal((await child.ask('GET', `${path}/users`)).status, 401, 'a token made by a token goes with it');
    const last = await maker.ask('POST', `${path}/tokens`, { name: 'x', rights });
    assert.equal(last.status, 401, 'and the session went with the role');
    await admin.ask('DELETE', `${path}/users/${makerId}`);
    assert.equal((await token.ask('GET', `${path}/users`)).status, 401);
  });

  it('MG-2d: a token ends by itself after 90 days; one without an end is asked for by name, and by who may', async () => {
    const now = Date.now();
    const { body } = await provider.ask('POST', `${T}/tokens`, { name: 'usual', rights: ['vms.read', 'tokens.write'] });
    const days = (Date.parse(body.apiToken.expiresAt as string) - now) / 86_400_000;
    assert.ok(Math.abs(days - 90) < 0.1, `${days} days`);
    const forever = { name: 'forever', rights: ['vms.read'], expiresInDays: null };
    assert.equal((await provider.ask('POST', `${T}/tokens`, forever)).body.apiToken.expiresAt, null);
    const refused = await bearer(body.token).ask('POST', `${T}/tokens`, forever);
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'api.forbidden']);
    const longer = await bearer(body.token).ask('POST', `${T}/tokens`, { ...forever, expiresInDays: 3_000 });
    assert.ok(longer.body.apiToken.expiresAt <= body.apiToken.expiresAt, 'none outlives the token that made it');
  });

  it('MG-2d: tokens are listed newest first, page by page', async () => {
    const { id, admin } = await addTenant('Pages', 'admin@pages.example.com');
    const path = `/api/v1/tenants/${id}/tokens`;
    for (const name of ['first', 'second', 'third']) await admin.ask('POST', path, { name, rights: ['vms.read'] });
    const newest = (await admin.ask('GET', `${path}?limit=2`)).body;
    const rest = (await admin.ask('GET', `${path}?limit=2&cursor=${newest.next}`)).body;
    const names = [newest, rest].map(({ items }) => items.map(({ name }: { name: string }) => name));
    assert.deepEqual(names, [['third', 'second'], ['first']]);
    assert.deepEqual([newest.total, rest.total, rest.next], [3, 3, null]);
  });
});
