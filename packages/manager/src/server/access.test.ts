// SPDX-License-Identifier: Apache-2.0
// Who is let in, by a server with nothing else on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Right } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import Fastify, { type FastifyError } from 'fastify';
import { type Access, accessOf, actorOf, type Authenticator, installAccess, type Principal } from './access.ts';

const TENANT = '019ac000-0000-7000-8000-000000000001';
const OTHER = '019ac000-0000-7000-8000-000000000002';

const PERSON: Principal = {
  actor: { kind: 'provider', id: 'p', name: 'p@example.com' },
  by: 'session',
  userId: 'p',
  sessionHash: Buffer.from('s'),
  maker: { userId: 'p', tokenId: null },
  providerRights: new Set<Right>(['provider.read']),
  rightsIn: (tenantId) =>
    Promise.resolve(
      tenantId === TENANT
        ? { actor: { kind: 'user', id: 'p', name: 'p@example.com' }, rights: new Set<Right>(['vms.read']) }
        : null,
    ),
};

function serverOf(authenticate: Authenticator['authenticate']) {
  const server = Fastify();
  const seen: Access[] = [];
  installAccess(server, { authenticate });
  server.setErrorHandler((error: FastifyError, _request, reply) =>
    reply.code(400).send(`${error.code} ${error.message}`),
  );
  const route = (method: 'GET' | 'POST' | 'HEAD' | 'OPTIONS', url: string, right: Right | 'public' | 'signed-in') =>
    server.route({
      method,
      url,
      config: { right },
      handler: (request) => {
        if (request.access !== null) seen.push(request.access);
        return request.access === null ? 'nobody' : `${actorOf(request).kind} ${[...accessOf(request).rights].join()}`;
      },
    });
  route('GET', '/public', 'public');
  route('GET', '/me', 'signed-in');
  route('POST', '/me', 'signed-in');
  route('OPTIONS', '/me', 'signed-in');
  route('GET', '/provider', 'provider.read');
  route('GET', '/provider/write', 'provider.write');
  route('GET', '/t/:tenantId/vms', 'vms.read');
  route('POST', '/t/:tenantId/vms', 'vms.write');
  route('GET', '/t/:tenantId/suspend', 'provider.read');
  server.get('/t/:tenantId/live', { config: { right: 'vms.read', asksItself: true } }, () => 'live');
  const ask = async (
    method: 'GET' | 'POST' | 'HEAD' | 'OPTIONS',
    url: string,
    headers: Record<string, string> = { 'x-lazaret-request': '1' },
  ): Promise<string> => (await server.inject({ method, url, headers })).body;
  const statusOf = async (method: 'HEAD' | 'POST', url: string): Promise<number> =>
    (await server.inject({ method, url })).statusCode;
  return { ask, statusOf, seen };
}

const asPerson = () => Promise.resolve(PERSON);

test('MG-2b: nobody is let in but where everybody is, and nobody is asked for there', async () => {
  let asked = 0;
  const { ask } = serverOf(() => Promise.resolve(asked++ === -1 ? PERSON : null));
  assert.equal(await ask('GET', '/public'), 'nobody');
  assert.match(await ask('GET', '/nowhere'), /Route GET:\/nowhere not found/);
  assert.equal(asked, 0);
  assert.equal(await ask('GET', '/me'), 'api.unauthenticated Nobody is signed in.');
  assert.equal(await ask('GET', `/t/${TENANT}/vms`), 'api.unauthenticated Nobody is signed in.');
  assert.throws(() => accessOf({ access: null } as never), {
    code: 'api.unauthenticated',
    message: 'Nobody is signed in.',
  });
});

test('MG-2b: a right is needed, in the tenant or over all; the refusal says who has it', async () => {
  const { ask } = serverOf(asPerson);
  assert.equal(await ask('GET', '/me'), 'provider provider.read');
  assert.equal(await ask('GET', '/provider'), 'provider provider.read');
  assert.equal(await ask('GET', `/t/${TENANT}/vms`), 'user vms.read');
  assert.equal(
    await ask('POST', `/t/${TENANT}/vms`),
    'api.forbidden This needs the right "vms.write". These roles have it: admin, operator.',
  );
  assert.equal(
    await ask('GET', '/provider/write'),
    'api.forbidden This needs the right "provider.write". These roles have it: provider.',
  );
  assert.equal(await ask('GET', `/t/${OTHER}/suspend`), 'provider provider.read', 'over a tenant, not in it');
});

test('MG-2a: a tenant of others, one that is not there, and none look the same', async () => {
  const asked: string[] = [];
  const rightsIn = (tenantId: string) => {
    asked.push(tenantId);
    return PERSON.rightsIn(tenantId);
  };
  const { ask } = serverOf(() => Promise.resolve({ ...PERSON, rightsIn }));
  for (const tenant of [OTHER, 'nonsense', `${TENANT}x`])
    assert.equal(await ask('GET', `/t/${tenant}/vms`), 'api.not_found This tenant does not exist.', tenant);
  assert.deepEqual(asked, [OTHER], 'what is no name of a tenant is looked up nowhere');
});

test('another site’s page changes nothing in the name of who is signed in: our own says so by a header', async () => {
  const { ask, statusOf } = serverOf(asPerson);
  const refused = 'api.cross_site The header X-Lazaret-Request is missing.';
  for (const headers of [{}, { 'x-lazaret-request': '0' }, { 'x-lazaret-request': '11' }])
    assert.equal(await ask('POST', '/me', headers), refused);
  assert.equal(await ask('POST', `/t/${TENANT}/vms`, {}), refused);
  assert.equal(await ask('GET', '/me', {}), 'provider provider.read');
  assert.equal(await ask('OPTIONS', '/me', {}), 'provider provider.read');
  assert.deepEqual([await statusOf('HEAD', '/me'), await statusOf('POST', '/me')], [200, 400]);
  const byToken = serverOf(() => Promise.resolve({ ...PERSON, by: 'token' }));
  assert.equal(await byToken.ask('POST', '/me', {}), 'provider provider.read', 'no browser sends a token by itself');
});

test('a page that asks by itself does not keep a session from ending unused', async () => {
  const asked: string[] = [];
  const { ask } = serverOf((_request, by) => {
    asked.push(by);
    return asPerson();
  });
  await ask('GET', '/me');
  await ask('GET', '/me', { 'x-lazaret-unattended': '1' });
  await ask('GET', '/me', { 'x-lazaret-unattended': '0' });
  await ask('GET', `/t/${TENANT}/live`);
  assert.deepEqual(asked, ['person', 'itself', 'person', 'itself']);
});

test('what goes on for long asks again: it ends with the right, and goes on where nobody can be asked', async () => {
  const answers: (() => Promise<Principal | null>)[] = [asPerson];
  const by: string[] = [];
  const { ask, seen } = serverOf((_request, asker) => {
    by.push(asker);
    return answers.shift()?.() ?? Promise.resolve(null);
  });
  await ask('GET', `/t/${TENANT}/vms`);
  const mayStill = seen[0]?.mayStill ?? assert.fail('no access');
  answers.push(asPerson);
  assert.equal(await mayStill(), true);
  assert.equal(await mayStill(), false, 'signed out');
  answers.push(() => Promise.resolve({ ...PERSON, rightsIn: () => Promise.resolve(null) }));
  assert.equal(await mayStill(), false);
  answers.push(() => Promise.reject(new LazaretError('api.tenant_suspended', 'x')));
  assert.equal(await mayStill(), false);
  answers.push(() => Promise.reject(new Error('the database is away')));
  assert.equal(await mayStill(), true);
  assert.deepEqual(by, ['person', ...Array(5).fill('itself')]);
});

test('a route without a right cannot be registered', () => {
  const bare = Fastify();
  installAccess(bare, { authenticate: asPerson });
  assert.throws(() => bare.get('/planted', () => 'x'), { name: 'TypeError', message: 'GET /planted names no right' });
  assert.throws(() => bare.get('/other', { config: {} }, () => 'x'), /GET \/other names no right/);
});
