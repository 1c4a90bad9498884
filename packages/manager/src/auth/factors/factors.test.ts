// SPDX-License-Identifier: Apache-2.0
// Whatever the way to a session, it asks for every factor of the account; and a factor goes only by itself.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { after, describe, it } from 'node:test';
import { manualClock } from '@lazaret/testkit';
import { Secret, TOTP } from 'otpauth';
import { client, type TestClient, TEST_PASSWORD, testManager } from '../../testing/test-manager.ts';

const clock = manualClock(Date.parse('2026-11-25T12:00:00Z'));
const { server, provider, nobody, tenantId, signIn, join, addTenant } = await testManager({ after }, { clock });

/** A person with an authenticator; `code` is its next one, each good once. */
async function withTotp(email: string): Promise<{ readonly person: TestClient; readonly code: () => Promise<string> }> {
  const person = await join(provider, tenantId, email, 'operator');
  const { body } = await person.ask('POST', '/api/v1/me/totp', { password: TEST_PASSWORD });
  const totp = new TOTP({ secret: Secret.fromBase32(body.secret as string) });
  const code = async (): Promise<string> => {
    await clock.advance(30_000);
    return totp.generate({ timestamp: clock.nowMs() });
  };
  assert.equal((await person.ask('PUT', '/api/v1/me/totp', { code: await code() })).status, 204);
  return { person, code };
}

async function invitationFor(email: string): Promise<string> {
  const other = await addTenant(`of ${email}`, `admin-of-${email}`);
  const { body } = await other.admin.ask('POST', `/api/v1/tenants/${other.id}/users`, { email, role: 'read-only' });
  return body.link.token as string;
}

describe('all factors', () => {
  it('MG-2b: an invitation to an account with an authenticator asks for its code, too', async () => {
    const { code } = await withTotp('invited@example.com');
    const accepted = { token: await invitationFor('invited@example.com'), name: 'x', password: TEST_PASSWORD };
    const accept = (more: object) => nobody.ask('POST', '/api/v1/invitations/accept', { ...accepted, ...more });
    const without = await accept({});
    assert.deepEqual([without.body.error.code, without.headers['set-cookie']], ['auth.totp_required', undefined]);
    assert.equal((await accept({ totp: '000000' })).body.error.code, 'auth.failed');
    assert.equal((await accept({ totp: await code() })).status, 200);
  });

  it('MG-2b: a new password by a link makes no session, and the code is asked for as before', async () => {
    const { code } = await withTotp('reset@example.com');
    const { body } = await provider.ask('GET', `/api/v1/tenants/${tenantId}/users?limit=500`);
    const { id } = body.items.find(({ email }: { email: string }) => email === 'reset@example.com');
    const link = await provider.ask('POST', `/api/v1/tenants/${tenantId}/users/${id}/password-link`);
    const password = 'another long passphrase';
    const set = await nobody.ask('POST', '/api/v1/password-links', { token: link.body.token, password });
    assert.deepEqual([set.status, set.headers['set-cookie']], [204, undefined]);
    const asked = { email: 'reset@example.com', password };
    assert.equal((await nobody.ask('POST', '/api/v1/session', asked)).body.error.code, 'auth.totp_required');
    await signIn('reset@example.com', password, await code());
  });

  it('MG-2b: an authenticator is removed by a code of it, never by the password alone; nor is it replaced', async () => {
    const { person, code } = await withTotp('removes@example.com');
    const remove = (body: object) => person.ask('DELETE', '/api/v1/me/totp', body);
    assert.equal((await remove({ password: TEST_PASSWORD })).status, 400, 'a code is asked for');
    assert.equal((await remove({ password: TEST_PASSWORD, totp: '000000' })).body.error.code, 'auth.failed');
    assert.equal((await person.ask('POST', '/api/v1/me/totp', { password: TEST_PASSWORD })).status, 409);
    assert.equal((await remove({ password: 'wrong', totp: await code() })).body.error.code, 'auth.failed');
    assert.equal((await remove({ password: TEST_PASSWORD, totp: await code() })).status, 204);
    await signIn('removes@example.com');
  });

  it('MG-2b: who has the password gets ten tries at the code, from wherever, and the owner’s browser goes on', async () => {
    const { code } = await withTotp('guessed@example.com');
    const from = (address: string, totp: string, cookie = '') =>
      client(server, { cookie }, address).ask('POST', '/api/v1/session', {
        email: 'guessed@example.com',
        password: TEST_PASSWORD,
        totp,
      });
    const first = await from('192.0.2.1', await code());
    const device = /lazaret_device=[\w-]{43}/.exec(String(first.headers['set-cookie']))?.[0] ?? '';
    const codes: string[] = [];
    // One address at a time, so that it is the code that is counted.
    for (let at = 0; at < 11; at++) codes.push((await from(`198.51.100.${at}`, '000000')).body.error.code);
    assert.deepEqual(codes, [...Array(10).fill('auth.failed'), 'auth.locked']);
    assert.equal((await from('203.0.113.1', await code())).body.error.code, 'auth.locked', 'the right one, too');
    assert.equal((await from('203.0.113.2', await code(), device)).status, 200);
  });

  it('who has a session but not the password gets ten tries at it, at all places that ask again together', async () => {
    const person = await join(provider, tenantId, 'again@example.com', 'admin');
    const wrong = 'not the right one';
    const order = { vmId: tenantId, entry: 'x', password: wrong };
    const tries = [
      () => person.ask('PUT', '/api/v1/me/password', { current: wrong, password: 'a new long passphrase' }),
      () => person.ask('POST', '/api/v1/me/totp', { password: wrong }),
      () => person.ask('POST', `/api/v1/tenants/${tenantId}/quarantine/fetch`, order),
    ];
    const codes: string[] = [];
    for (let at = 0; at < 12; at++) codes.push((await tries[at % 3]?.())?.body.error.code as string);
    assert.deepEqual(codes, [...Array(10).fill('auth.failed'), ...Array(2).fill('auth.locked')]);
    const right = { current: TEST_PASSWORD, password: 'a new long passphrase' };
    assert.equal((await person.ask('PUT', '/api/v1/me/password', right)).body.error.code, 'auth.locked');
  });

  it('who sets up an authenticator ends the sessions that were made without one', async () => {
    const first = await join(provider, tenantId, 'two@example.com', 'operator');
    const second = await signIn('two@example.com');
    const { body } = await first.ask('POST', '/api/v1/me/totp', { password: TEST_PASSWORD });
    const code = new TOTP({ secret: Secret.fromBase32(body.secret as string) }).generate({ timestamp: clock.nowMs() });
    assert.equal((await first.ask('PUT', '/api/v1/me/totp', { code })).status, 204);
    assert.equal((await first.ask('GET', '/api/v1/session')).status, 200);
    assert.equal((await second.ask('GET', '/api/v1/session')).status, 401);
  });
});

describe('one way to a session', () => {
  /** Sources without tests, by their path from the package's. */
  const root = joinPath(import.meta.dirname, '../..');
  const sources = new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => [name, readFileSync(joinPath(root, name), 'utf8')]),
  );
  const filesWith = (pattern: RegExp): string[] =>
    [...sources]
      .filter(([, text]) => pattern.test(text))
      .map(([name]) => name)
      .toSorted();

  it('MG-2b: one function writes sessions, three ways lead to it, and each carries a proof that one module makes', () => {
    assert.ok(sources.size > 100, `${sources.size} sources`);
    assert.deepEqual(filesWith(/insertInto\('sessions'\)|insert into (identity\.)?sessions/), [
      'auth/sessions/sessions.ts',
    ]);
    assert.deepEqual(filesWith(/\bstartSession\(/), [
      'auth/accounts/accounts.ts',
      'auth/accounts/setup.ts',
      'auth/sessions/sessions.ts',
      'auth/sign-in/sign-in.ts',
    ]);
    assert.deepEqual(filesWith(/new ProvenPerson\(/), ['auth/factors/proof.ts']);
    // Of a password alone nobody is let in: who compares one is the module that asks for all factors.
    assert.deepEqual(filesWith(/\bverifyPassword\(/), ['auth/factors/password.ts', 'auth/factors/proof.ts']);
    assert.deepEqual(filesWith(/totp_sealed: null/), ['auth/accounts/accounts.ts', 'auth/accounts/setup.ts']);
  });
});
