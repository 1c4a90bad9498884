// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { manualClock } from '@lazaret/testkit';
import { Secret, TOTP } from 'otpauth';
import { client, PROVIDER_EMAIL, TEST_PASSWORD, testManager } from '../testing/test-manager.ts';
import { FAILURES_MAX } from './sign-in/budgets.ts';
import { LOCK_MS } from './sign-in/lock-out.ts';
import { makeSetupToken } from './accounts/setup.ts';

const clock = manualClock(Date.parse('2026-11-25T12:00:00Z'));
const manager = await testManager({ after }, { clock });
const { server, parts, provider, nobody, tenantId, signIn, join, addTenant } = manager;
const T = `/api/v1/tenants/${tenantId}`;

const auditOf = async (who: typeof provider, tenant: string, action: string) =>
  (await who.ask('GET', `/api/v1/tenants/${tenant}/audit?action=${action}`)).body.items as {
    actor: { kind: string; name: string };
    subject: string;
    before: unknown;
    after: unknown;
  }[];

describe('first run', () => {
  it('the one-time token makes the first account and is then worthless', async () => {
    assert.deepEqual((await nobody.ask('GET', '/api/v1/setup')).body, { needed: false });
    assert.equal(await makeSetupToken(parts), null);
    const again = { token: 'x', email: 'b@example.com', name: 'B', password: TEST_PASSWORD, tenantName: 'B' };
    assert.equal((await nobody.ask('POST', '/api/v1/setup', again)).body.error.code, 'auth.setup_done');
  });

  it('a wrong token, and a second set-up at the same moment, are refused', async (t) => {
    const { testParts } = await import('../testing/test-parts.ts');
    const { createServer } = await import('../server/index.ts');
    const { createAuthenticator, registerAuthRoutes } = await import('./index.ts');
    const tenants = await import('../tenants/index.ts');
    const fresh = await testParts(t);
    const bare = await createServer(fresh, createAuthenticator(fresh, { secureCookies: true }), { version: '0' });
    const passwordCost = { memoryKiB: 64, passes: 1 };
    registerAuthRoutes(bare, fresh, { secureCookies: true, passwordCost, addTenant: tenants.addTenant });
    t.after(() => bare.close());
    const token = await makeSetupToken(fresh);
    const asked = { email: 'a@example.com', name: 'A', password: TEST_PASSWORD, tenantName: 'A', token };
    const { ask } = client(bare, {});
    assert.equal(
      (await ask('POST', '/api/v1/setup', { ...asked, token: 'wrong' })).body.error.code,
      'auth.link_invalid',
    );
    assert.equal(
      (await ask('POST', '/api/v1/setup', { ...asked, password: 'short' })).body.error.code,
      'auth.password_weak',
    );
    const both = await Promise.all([
      ask('POST', '/api/v1/setup', asked),
      ask('POST', '/api/v1/setup', { ...asked, email: 'b@example.com' }),
    ]);
    assert.deepEqual(both.map(({ status }) => String(status)).toSorted(), ['200', '409']);
    const cookie = String(both.find(({ status }) => status === 200)?.headers['set-cookie']);
    assert.match(
      cookie,
      /^__Host-lazaret_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict,__Host-lazaret_device=[\w-]{43};.*; HttpOnly; Secure; SameSite=Strict$/,
    );
  });
});

describe('session', () => {
  it('a session says who it is, needs our own header to change things, and ends', async () => {
    const person = await signIn(PROVIDER_EMAIL);
    const { body } = await person.ask('GET', '/api/v1/session');
    assert.equal(body.user.email, PROVIDER_EMAIL);
    assert.deepEqual(
      body.tenants.map(({ role }: { role: string }) => role),
      ['admin'],
    );
    const bare = client(server, { cookie: person.headers['cookie'] ?? '' });
    assert.equal((await bare.ask('DELETE', '/api/v1/session')).body.error.code, 'api.cross_site');
    assert.equal((await person.ask('DELETE', '/api/v1/session')).status, 204);
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401);
  });

  it('a session that nobody uses for 12 hours is over; the database holds only the hash of its token', async () => {
    const person = await signIn(PROVIDER_EMAIL);
    const token = (person.headers['cookie'] ?? '').split('=')[1] ?? 'none';
    const rows = await parts.database.asIdentity((tx) => tx.selectFrom('sessions').selectAll().execute());
    assert.ok(!JSON.stringify(rows).includes(token));
    await clock.advance(11 * 3_600_000);
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 200);
    await clock.advance(13 * 3_600_000);
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401);
    await refreshProvider();
  });

  it('ten failures lock an account – one that exists and one that does not alike – and it opens again', async () => {
    await join(provider, tenantId, 'locked@example.com', 'read-only');
    for (const email of ['locked@example.com', 'nobody@example.com']) {
      const wrong = (password: string) => nobody.ask('POST', '/api/v1/session', { email, password });
      for (let tries = 0; tries < FAILURES_MAX; tries++)
        assert.equal((await wrong('not this one')).body.error.code, 'auth.failed');
      const locked = await wrong(TEST_PASSWORD);
      assert.deepEqual([locked.status, locked.body.error.code], [429, 'auth.locked']);
    }
    await clock.advance(LOCK_MS + 1_000);
    await signIn('locked@example.com');
    assert.ok((await auditOf(provider, tenantId, 'session.locked')).length > 0);
  });

  it('a hundred tries at once are not a hundred tries', async () => {
    const tries = Array.from({ length: 30 }, (_, at) =>
      nobody.ask('POST', '/api/v1/session', { email: 'burst@example.com', password: `guess ${at}` }),
    );
    const codes = (await Promise.all(tries)).map(({ body }) => body.error.code as string);
    const looked = codes.filter((code) => code === 'auth.failed');
    assert.ok(looked.length > 0 && looked.length <= FAILURES_MAX, `${looked.length} were looked at`);
    assert.ok(
      codes.every((code) => ['auth.failed', 'auth.locked', 'auth.busy'].includes(code)),
      codes.join(),
    );
  });
});

/** The clock of this file jumps over the idle time of sessions: the admin signs in again. */
async function refreshProvider(): Promise<void> {
  Object.assign(provider.headers, (await signIn(PROVIDER_EMAIL)).headers);
}

describe('authenticator', () => {
  it('is asked for once it is confirmed; a code counts once', async () => {
    const person = await join(provider, tenantId, 'totp@example.com', 'operator');
    assert.equal((await person.ask('POST', '/api/v1/me/totp', { password: 'wrong' })).body.error.code, 'auth.failed');
    const { body } = await person.ask('POST', '/api/v1/me/totp', { password: TEST_PASSWORD });
    const totp = new TOTP({ secret: Secret.fromBase32(body.secret as string) });
    const code = (): string => totp.generate({ timestamp: clock.nowMs() });
    await signIn('totp@example.com');
    assert.equal((await person.ask('PUT', '/api/v1/me/totp', { code: code() })).status, 204);
    const asked = { email: 'totp@example.com', password: TEST_PASSWORD };
    assert.equal((await nobody.ask('POST', '/api/v1/session', asked)).body.error.code, 'auth.totp_required');
    assert.equal(
      (await nobody.ask('POST', '/api/v1/session', { ...asked, totp: code() })).body.error.code,
      'auth.failed',
    );
    await clock.advance(60_000);
    const both = await Promise.all([0, 1].map(() => nobody.ask('POST', '/api/v1/session', { ...asked, totp: code() })));
    assert.deepEqual(both.map(({ status }) => String(status)).toSorted(), ['200', '401']);
    const stored = await parts.database.asIdentity((tx) => tx.selectFrom('users').select('totp_sealed').execute());
    assert.ok(stored.every(({ totp_sealed }) => !totp_sealed?.includes(Buffer.from(totp.secret.bytes))));
  });
});

describe('users', () => {
  it('MG-2b: an invitation makes a member with its role, and tells who invites nothing of whether an account exists', async () => {
    const other = await addTenant('Other', 'other-admin@example.com');
    const unknown = await other.admin.ask('POST', `/api/v1/tenants/${other.id}/users`, {
      email: 'new@example.com',
      role: 'operator',
    });
    const known = await other.admin.ask('POST', `/api/v1/tenants/${other.id}/users`, {
      email: PROVIDER_EMAIL,
      role: 'operator',
    });
    assert.deepEqual([unknown.status, known.status], [201, 201]);
    assert.deepEqual(Object.keys(unknown.body.user as object), Object.keys(known.body.user as object));
    assert.equal(known.body.user.state, 'invited');
    const wrong = { token: known.body.link.token as string, name: 'x', password: 'not the password of it' };
    assert.equal((await nobody.ask('POST', '/api/v1/invitations/accept', wrong)).body.error.code, 'auth.failed');
    const accepted = await nobody.ask('POST', '/api/v1/invitations/accept', { ...wrong, password: TEST_PASSWORD });
    assert.equal(accepted.body.tenants.length, 2);
    const again = await nobody.ask('POST', '/api/v1/invitations/accept', { ...wrong, password: TEST_PASSWORD });
    assert.equal(again.body.error.code, 'auth.link_invalid');
    await refreshProvider();
  });

  it('a tenant keeps an admin, and an admin here opens no doors elsewhere', async () => {
    const shared = await addTenant('Shared', 'shared@example.com');
    const { body } = await shared.admin.ask('GET', `/api/v1/tenants/${shared.id}/users`);
    const id = body.items[0].id as string;
    const base = `/api/v1/tenants/${shared.id}/users/${id}`;
    assert.equal((await shared.admin.ask('PATCH', base, { role: 'read-only' })).status, 409);
    assert.equal((await shared.admin.ask('DELETE', base)).status, 409);
    const link = await shared.admin.ask('POST', `${base}/password-link`);
    assert.equal(link.status, 201);
    const invited = await provider.ask('POST', `${T}/users`, { email: 'shared@example.com', role: 'read-only' });
    await nobody.ask('POST', '/api/v1/invitations/accept', {
      token: invited.body.link.token,
      name: 'x',
      password: TEST_PASSWORD,
    });
    const admin = await signIn('shared@example.com');
    const after = await admin.ask('POST', `${base}/password-link`);
    assert.equal(after.status, 201, 'where else somebody belongs is told by no answer');
    for (const { body } of [link, after]) {
      const set = { token: body.token as string, password: 'another long passphrase' };
      assert.equal((await nobody.ask('POST', '/api/v1/password-links', set)).body.error.code, 'auth.link_invalid');
    }
    await signIn('shared@example.com');
  });

  it('who is removed or shut out has no access from the next request on', async () => {
    const person = await join(provider, tenantId, 'leaver@example.com', 'operator');
    assert.equal((await person.ask('GET', `${T}/users`)).status, 200);
    const { body } = await provider.ask('GET', `${T}/users`);
    const { id } = body.items.find(({ email }: { email: string }) => email === 'leaver@example.com');
    await provider.ask('PATCH', `${T}/users/${id}`, { disabled: true });
    assert.equal((await person.ask('GET', `${T}/users`)).status, 401);
    assert.equal((await (await signIn('leaver@example.com')).ask('GET', `${T}/users`)).status, 404);
    await provider.ask('PATCH', `${T}/users/${id}`, { disabled: false });
    const back = await signIn('leaver@example.com');
    assert.equal((await back.ask('GET', `${T}/users`)).status, 200);
    await provider.ask('DELETE', `${T}/users/${id}`);
    assert.equal((await back.ask('GET', `${T}/users`)).status, 401);
    const entries = await auditOf(provider, tenantId, 'users.');
    assert.ok(entries.some(({ subject }) => subject === `user:${id}`));
  });

  it('lists go on by their cursor, and a foreign cursor is refused', async () => {
    const first = await provider.ask('GET', `${T}/users?limit=1`);
    assert.equal(first.body.items.length, 1);
    const second = await provider.ask('GET', `${T}/users?limit=1&cursor=${first.body.next}`);
    assert.notEqual(second.body.items[0].id, first.body.items[0].id);
    assert.equal((await provider.ask('GET', `${T}/users?cursor=nonsense`)).body.error.path, '/cursor');
  });
});

describe('API tokens', () => {
  it('MG-2d: a token has its rights and no other, is shown once, ends when it is revoked or over', async () => {
    const asked = { name: 'ci', rights: ['users.read', 'audit.read'], expiresInDays: 1 };
    const { body } = await provider.ask('POST', `${T}/tokens`, asked);
    const token = client(server, { authorization: `Bearer ${body.token}` });
    assert.equal((await token.ask('GET', `${T}/users`)).status, 200);
    assert.equal((await token.ask('POST', `${T}/users`, { email: 'x@example.com', role: 'admin' })).status, 403);
    assert.equal((await token.ask('GET', '/api/v1/provider/tenants')).status, 403);
    const session = await token.ask('GET', '/api/v1/session');
    assert.deepEqual([session.body.user, session.body.tenants[0].rights], [null, asked.rights]);
    assert.ok(!JSON.stringify((await provider.ask('GET', `${T}/tokens`)).body).includes(body.token as string));
    await clock.advance(24 * 3_600_000);
    assert.equal((await token.ask('GET', `${T}/users`)).status, 401);
    await refreshProvider();
    const second = await provider.ask('POST', `${T}/tokens`, { name: 'other', rights: ['users.read'] });
    const other = client(server, { authorization: `Bearer ${second.body.token}` });
    await provider.ask('DELETE', `${T}/tokens/${second.body.apiToken.id}`);
    assert.equal((await other.ask('GET', `${T}/users`)).status, 401);
    assert.equal((await auditOf(provider, tenantId, 'tokens.revoke')).length, 1);
  });

  it('MG-2d: nobody gives a token rights that it has not itself', async () => {
    const maker = await provider.ask('POST', `${T}/tokens`, { name: 'maker', rights: ['tokens.write'] });
    const token = client(server, { authorization: `Bearer ${maker.body.token}` });
    const refused = await token.ask('POST', `${T}/tokens`, { name: 'more', rights: ['users.write'] });
    assert.equal(refused.body.error.code, 'api.forbidden');
  });
});

describe('audit', () => {
  it('MG-2e: every change stands in the audit, and not even the database role of the application can change a line', async () => {
    const { body } = await provider.ask('GET', `${T}/audit?limit=500`);
    const actions = new Set(body.items.map(({ action }: { action: string }) => action));
    for (const action of ['setup', 'users.invite', 'users.join', 'users.update', 'users.remove', 'tokens.create'])
      assert.ok(actions.has(action), action);
    await assert.rejects(
      parts.database.asTenant(tenantId, (tx) => tx.deleteFrom('audit').execute()),
      /permission denied/,
    );
    await assert.rejects(
      parts.database.asTenant(tenantId, (tx) => tx.updateTable('audit').set({ actor_name: 'x' }).execute()),
      /permission denied/,
    );
  });
});

describe('consent', () => {
  it('MG-2c: the provider sees a tenant only while a consent runs, and it stands in the tenant’s audit', async () => {
    const { id, admin } = await addTenant('Private', 'private@example.com');
    const path = `/api/v1/tenants/${id}/users`;
    assert.equal((await provider.ask('GET', path)).body.error.code, 'api.consent_required');
    const given = await admin.ask('POST', `/api/v1/tenants/${id}/consents`, {
      scope: 'read',
      reason: 'help',
      hours: 2,
    });
    assert.equal((await provider.ask('GET', path)).status, 200);
    assert.equal((await provider.ask('GET', path)).status, 200);
    assert.equal((await provider.ask('POST', path, { email: 'x@example.com', role: 'admin' })).status, 403);
    const uses = await auditOf(admin, id, 'consents.use');
    assert.deepEqual(
      uses.map(({ actor }) => [actor.kind, actor.name]),
      [['provider', PROVIDER_EMAIL]],
      'one line an hour',
    );
    await admin.ask('DELETE', `/api/v1/tenants/${id}/consents/${given.body.id}`);
    assert.equal((await provider.ask('GET', path)).status, 403);
    await admin.ask('POST', `/api/v1/tenants/${id}/consents`, { scope: 'operate', reason: 'help', hours: 1 });
    assert.equal((await provider.ask('GET', path)).status, 200);
    await clock.advance(3_600_000);
    assert.equal((await provider.ask('GET', path)).status, 403, 'it ends by itself');
  });

  it('a suspended tenant keeps its people out, and says so', async () => {
    const { id, admin } = await addTenant('Late', 'late@example.com');
    await provider.ask('PATCH', `/api/v1/provider/tenants/${id}`, { suspended: true });
    assert.equal((await admin.ask('GET', `/api/v1/tenants/${id}/users`)).body.error.code, 'api.tenant_suspended');
    await provider.ask('PATCH', `/api/v1/provider/tenants/${id}`, { suspended: false });
    assert.equal((await admin.ask('GET', `/api/v1/tenants/${id}/users`)).status, 200);
  });
});
