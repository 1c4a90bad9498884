// SPDX-License-Identifier: Apache-2.0
// A server with the routes of one feature, for that feature's tests: the rights hook is the real one, only who asks is said by a header.
import type { Actor } from '../audit/index.ts';
import { rightsOfRole, type Right, type TenantRole } from '@lazaret/contract';
import { type Authenticator, createServer, type ManagerServer, type Principal } from '../server/index.ts';
import { guardAudit } from './test-audit-guard.ts';
import type { Clock } from '@lazaret/platform';
import { addTestTenant, type TestParts, testParts } from './test-parts.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface TestAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into any answer
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface TestServer {
  readonly server: ManagerServer;
  readonly parts: TestParts;
  readonly tenantId: string;
  /** Another tenant, in which nobody below is a member. */
  readonly otherTenantId: string;
  /** Asks as a role of the tenant; `path` below `/api/v1/tenants/{tenantId}`, or from `/api` on. */
  readonly ask: (
    role: TenantRole | 'provider' | 'nobody',
    method: Method,
    path: string,
    body?: object,
  ) => Promise<TestAnswer>;
}

/** `ownRoutes`: the routes are the test's, not the product's. */
export async function testServer(
  test: { after(work: () => Promise<void>): void },
  register: (server: ManagerServer, parts: TestParts) => void | Promise<void>,
  options: { readonly ownRoutes?: boolean; readonly clock?: Clock } = {},
): Promise<TestServer> {
  const parts = await testParts(test, options.clock === undefined ? {} : { clock: options.clock });
  const tenantId = await addTestTenant(parts, 'tenant of the test');
  const otherTenantId = await addTestTenant(parts, 'another tenant');
  const server = await createServer(parts, headerAuthenticator(tenantId), { version: '0.0.0' });
  if (options.ownRoutes !== true) guardAudit(test, server, parts.testDatabase);
  await register(server, parts);
  await server.ready();
  test.after(() => server.close());
  const ask: TestServer['ask'] = async (role, method, path, body) => {
    const url = path.startsWith('/api') ? path : `/api/v1/tenants/${tenantId}${path}`;
    const answer = await server.inject({
      method,
      url,
      headers: role === 'nobody' ? {} : { 'x-test-role': role },
      ...(body === undefined ? {} : { payload: body }),
    });
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers };
  };
  return { server, parts, tenantId, otherTenantId, ask };
}

function headerAuthenticator(tenantId: string): Authenticator {
  return {
    authenticate: ({ headers }) => {
      const role = headers['x-test-role'];
      return Promise.resolve(typeof role === 'string' ? principal(role as TenantRole | 'provider', tenantId) : null);
    },
  };
}

function principal(role: TenantRole | 'provider', tenantId: string): Principal {
  const id = '00000000-0000-7000-8000-000000000001';
  const actor: Actor = { kind: role === 'provider' ? 'provider' : 'user', id, name: role };
  return {
    actor,
    by: 'token',
    userId: id,
    sessionHash: null,
    maker: { userId: id, tokenId: null },
    providerRights: new Set<Right>(role === 'provider' ? ['provider.read', 'provider.write'] : []),
    rightsIn: (asked) =>
      Promise.resolve(
        asked === tenantId && role !== 'provider' ? { actor, rights: new Set(rightsOfRole(role)) } : null,
      ),
  };
}
