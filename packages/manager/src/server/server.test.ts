// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { tenantParamsSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import Fastify from 'fastify';
import { z } from 'zod';
import { notifyLive } from '../database/index.ts';
import { installAccess } from './access.ts';
import { testServer } from '../testing/test-server.ts';

const { server, parts, tenantId, otherTenantId, ask } = await testServer(
  { after },
  (server) => {
    const params = tenantParamsSchema;
    server.get(
      '/api/v1/tenants/:tenantId/things',
      {
        config: { right: 'vms.read' },
        schema: {
          summary: 'Things',
          params,
          querystring: z.object({ fail: z.string().optional() }),
          response: { 200: z.object({ a: z.string() }) },
        },
      },
      ({ query }) => {
        if (query.fail === 'known') throw new LazaretError('api.conflict', 'In the way.', { where: '/a' });
        if (query.fail === 'unknown') throw new Error('secret of the inside');
        return { a: 'thing' };
      },
    );
    server.post(
      '/api/v1/tenants/:tenantId/things',
      {
        config: { right: 'vms.write' },
        schema: {
          summary: 'A new thing',
          params,
          body: z.strictObject({ name: z.string(), count: z.number() }),
          response: { 200: z.object({ a: z.string() }) },
        },
      },
      ({ body }) => ({ a: body.name }),
    );
  },
  { ownRoutes: true },
);

describe('rights', () => {
  it('MG-2b: nobody 401, a role without the right 403 naming who has it, with it 200', async () => {
    assert.equal((await ask('nobody', 'GET', '/things')).body.error.code, 'api.unauthenticated');
    assert.equal((await ask('read-only', 'GET', '/things')).status, 200);
    const refused = await ask('read-only', 'POST', '/things', { name: 'x', count: 1 });
    assert.equal(refused.status, 403);
    assert.match(refused.body.error.message, /vms\.write.*admin, operator/);
    assert.equal((await ask('operator', 'POST', '/things', { name: 'x', count: 1 })).status, 200);
  });

  it('MG-2a: a tenant of others and one that is not there look the same', async () => {
    const other = await ask('admin', 'GET', `/api/v1/tenants/${otherTenantId}/things`);
    const none = await ask('admin', 'GET', `/api/v1/tenants/${parts.newId()}/things`);
    assert.deepEqual([other.status, other.body], [404, none.body]);
    assert.equal((await ask('admin', 'GET', '/api/v1/tenants/nonsense/things')).status, 404);
  });

  it('a route without a right cannot be registered', () => {
    const bare = Fastify();
    installAccess(bare, { authenticate: () => Promise.resolve(null) });
    assert.throws(() => bare.get('/planted', () => 'x'), /names no right/);
  });
});

describe('the error envelope', () => {
  it('MG-3a: every fault of a body is named by its place', async () => {
    const { status, body } = await ask('admin', 'POST', '/things', { name: 1, extra: true });
    assert.equal(status, 400);
    assert.deepEqual(
      body.error.faults.map(({ path }: { path: string }) => path),
      ['/name', '/count', ''],
    );
  });

  it('a known failure has its status and place, a fault of ours tells no secret', async () => {
    const known = await ask('admin', 'GET', '/things?fail=known');
    assert.deepEqual([known.status, known.body.error.path], [409, '/a']);
    const unknown = await ask('admin', 'GET', '/things?fail=unknown');
    assert.equal(unknown.status, 500);
    assert.doesNotMatch(JSON.stringify(unknown.body), /secret|stack/);
    assert.match(unknown.body.error.message, new RegExp(String(unknown.headers['x-request-id'])));
  });

  it('bad JSON, bad text, another content type, an unknown address: a code each, never 500', async () => {
    const url = `/api/v1/tenants/${tenantId}/things`;
    const headers = { 'x-test-role': 'admin' };
    const json = { ...headers, 'content-type': 'application/json' };
    const asked = await Promise.all([
      server.inject({ method: 'POST', url, headers: json, payload: '{"a":' }),
      server.inject({ method: 'POST', url, headers: json, payload: '{"name":"\\u0000","count":1}' }),
      server.inject({ method: 'POST', url, headers: { ...headers, 'content-type': 'text/xml' }, payload: '<a/>' }),
      server.inject({ method: 'POST', url, headers: json, payload: JSON.stringify({ name: 'x'.repeat(2 ** 21) }) }),
      server.inject({ method: 'GET', url: '/nowhere' }),
      server.inject({ method: 'GET', url: '/%zz' }),
    ]);
    const codes = asked.map((answer) => [answer.statusCode, answer.json<{ error: { code: string } }>().error.code]);
    assert.deepEqual(codes, [
      [400, 'api.invalid'],
      [400, 'api.invalid'],
      [415, 'api.unsupported_media_type'],
      [413, 'api.too_large'],
      [404, 'api.not_found'],
      [400, 'api.invalid'],
    ]);
  });
});

it('MG-3a: the document is OpenAPI 3.1 and names every route with its right', async () => {
  const { body } = await ask('nobody', 'GET', '/api/v1/openapi.json');
  assert.equal(body.openapi, '3.1.0');
  const route = body.paths['/api/v1/tenants/{tenantId}/things'].post;
  assert.equal(route['x-right'], 'vms.write');
  assert.equal(route.operationId, 'postThings');
  assert.equal(route.responses['4XX'].content['application/json'].schema.$ref, '#/components/schemas/Error');
});

it('health answers without a session', async () => {
  assert.deepEqual((await server.inject('/healthz')).json(), { status: 'ok' });
});

it('a live stream hears what its tenant did, and nothing of others', async () => {
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  const request = http.get({ port, path: `/api/v1/tenants/${tenantId}/live`, headers: { 'x-test-role': 'read-only' } });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  assert.equal(response.headers['content-type'], 'text/event-stream');
  await parts.database.asTenant(otherTenantId, (tx) => notifyLive(tx, otherTenantId, 'vms', 'secret'));
  await parts.database.asTenant(tenantId, (tx) => notifyLive(tx, tenantId, 'policies', 'p1'));
  let heard = '';
  for await (const chunk of response) {
    heard += String(chunk);
    if (heard.includes('p1')) break;
  }
  request.destroy();
  assert.match(heard, /data: {"topic":"policies","id":"p1"}/);
  assert.doesNotMatch(heard, /secret/);
});
