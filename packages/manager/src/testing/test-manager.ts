// SPDX-License-Identifier: Apache-2.0
// The whole API on a real database, for tests: set up, with people who sign in as people do.
import type { TenantRole } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import { createAuthenticator, makeSetupToken } from '../auth/index.ts';
import { join } from 'node:path';
import type { EnrolmentOptions } from '../enrolment/index.ts';
import { registerFeatures, startWorkers } from '../features.ts';
import type { PatternOptions } from '../patterns/index.ts';
import { createServer, type ManagerServer } from '../server/index.ts';
import { guardAudit } from './test-audit-guard.ts';
import { type TestParts, testParts } from './test-parts.ts';
import type { TestAnswer } from './test-server.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Somebody's browser or program: keeps what it was given. */
export interface TestClient {
  readonly headers: Readonly<Record<string, string>>;
  readonly ask: (method: Method, path: string, body?: unknown, headers?: Record<string, string>) => Promise<TestAnswer>;
}

export interface TestManager {
  readonly server: ManagerServer;
  /** What features registered: `GET /api/v1/…/{id}`. */
  readonly routes: readonly string[];
  readonly parts: TestParts;
  /** Of the first run: provider, and admin of `tenantId`. */
  readonly provider: TestClient;
  readonly tenantId: string;
  readonly nobody: TestClient;
  readonly signIn: (email: string, password?: string, totp?: string) => Promise<TestClient>;
  /** Invites somebody into a tenant as `admin` would, and accepts. */
  readonly join: (admin: TestClient, tenantId: string, email: string, role: TenantRole) => Promise<TestClient>;
  /** Another tenant with an admin of its own. */
  readonly addTenant: (
    name: string,
    adminEmail: string,
  ) => Promise<{ readonly id: string; readonly admin: TestClient }>;
}

export const TEST_PASSWORD = 'correct horse battery staple';
export const PROVIDER_EMAIL = 'provider@example.com';
/** A place that nobody calls: what agents do with a token is e2e's to show. */
export const TEST_ENROLMENT: EnrolmentOptions = {
  place: () => Promise.resolve({ managers: ['manager.example.com:4120'], authorities: ['ab'.repeat(32)] }),
  command: (token) => `sudo lazaret agent activate <<< '${token}'`,
};
export const TEST_PATTERNS: PatternOptions = {
  starterDirectory: join(import.meta.dirname, '../../../../patterns/starter'),
  clamavDirectory: '/nonexistent/clamav',
};
/** Cheap, so that tests are fast; its strength is argon2's own affair. */
const COST = { memoryKiB: 64, passes: 1 };

export async function testManager(
  test: { after(work: () => Promise<void>): void },
  options: { readonly clock?: Clock; readonly version?: string; readonly attemptsPerMinuteMax?: number } = {},
): Promise<TestManager> {
  const parts = await testParts(test, options);
  const server = await createServer(parts, createAuthenticator(parts, { secureCookies: false }), {
    version: options.version ?? '0.0.0',
  });
  guardAudit(test, server, parts.testDatabase);
  const routes: string[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    routes.push(`${String(method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
  registerFeatures(server, parts, {
    secureCookies: false,
    // Tests come from one address; the limit has tests of its own.
    attemptsPerMinuteMax: options.attemptsPerMinuteMax ?? 100_000,
    passwordCost: COST,
    enrolment: TEST_ENROLMENT,
    patterns: TEST_PATTERNS,
  });
  // The engine's own word on signatures is e2e's to show.
  await startWorkers(parts, () => Promise.resolve(null));
  await server.ready();
  test.after(() => server.close());
  const nobody = client(server, {});
  const signedIn = (answer: TestAnswer): TestClient => {
    if (answer.status !== 200) throw new Error(`not signed in: ${JSON.stringify(answer.body)}`);
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    return client(server, { cookie, 'x-lazaret-request': '1' });
  };
  const accept = async (token: string, name: string): Promise<TestClient> =>
    signedIn(await nobody.ask('POST', '/api/v1/invitations/accept', { token, name, password: TEST_PASSWORD }));
  const token = await makeSetupToken(parts);
  const first = { token, email: PROVIDER_EMAIL, name: 'Provider', password: TEST_PASSWORD, tenantName: 'First' };
  const answer = await nobody.ask('POST', '/api/v1/setup', first);
  const provider = signedIn(answer);
  return {
    server,
    routes,
    parts,
    provider,
    nobody,
    tenantId: answer.body.tenants[0].id as string,
    signIn: async (email, password = TEST_PASSWORD, totp) =>
      signedIn(
        await nobody.ask('POST', '/api/v1/session', { email, password, ...(totp === undefined ? {} : { totp }) }),
      ),
    join: async (admin, tenantId, email, role) => {
      const { body } = await admin.ask('POST', `/api/v1/tenants/${tenantId}/users`, { email, role });
      return accept(body.link.token as string, email);
    },
    addTenant: async (name, adminEmail) => {
      const { body } = await provider.ask('POST', '/api/v1/provider/tenants', { name, adminEmail });
      return { id: body.tenant.id as string, admin: await accept(body.link.token as string, adminEmail) };
    },
  };
}

export function client(
  server: ManagerServer,
  headers: Readonly<Record<string, string>>,
  remoteAddress = '127.0.0.1',
): TestClient {
  return {
    headers,
    ask: async (method, path, body, more = {}) => {
      const payload = body === undefined ? {} : { payload: body as object };
      const answer = await server.inject({
        method,
        url: path,
        remoteAddress,
        headers: { ...headers, ...more },
        ...payload,
      });
      const isJson = String(answer.headers['content-type']).startsWith('application/json') && answer.body !== '';
      return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers };
    },
  };
}
