// SPDX-License-Identifier: Apache-2.0
// For tests: whatever a test asks of the server, a change that was answered with success stands in the audit, or its route is named here with why not
// (MG-2e). So each test of a changing route proves its audit, and a new route cannot forget it.
import pg from 'pg';
import type { ManagerServer } from '../server/index.ts';
import type { TestDatabase } from './test-database.ts';

/** Routes below /api/v1 that answer with success and leave no line. */
export const UNAUDITED: ReadonlyMap<string, string> = new Map([
  ['POST /password-links', 'the answer is the same whether there is such an account: only its use changes something'],
  ['POST /me/totp', 'a proposal; it counts once it was confirmed'],
  ['POST /tenants/:tenantId/policies/check', 'a question'],
  ['POST /tenants/:tenantId/schedules/next', 'a question'],
  ['POST /tenants/:tenantId/explain', 'a question'],
  ['POST /tenants/:tenantId/settings/contacts/test', 'a message of trial changes nothing'],
  ['POST /tenants/:tenantId/settings/webhook/test', 'a message of trial changes nothing'],
]);

/** Of this process: whether a change by that route ever left a line. What is saved as it was leaves none. */
const seen = new Map<string, boolean>();

// Not by a hook of node:test: one that fails keeps the hooks behind it from ending servers and databases.
process.on('exit', () => {
  const without = [...seen].flatMap(([route, left]) => (left ? [] : [route]));
  if (without.length === 0) return;
  console.error(`changes that never left a line in the audit: ${without.join(', ')}`);
  process.exitCode = 1;
});

/** An order for many that was refused for each of them. */
function allRefused(payload: unknown): boolean {
  if (typeof payload !== 'string' || !payload.startsWith('{"results":')) return false;
  const { results } = JSON.parse(payload) as { results: readonly { error: unknown }[] };
  return results.every(({ error }) => error !== null);
}

/** Fails the test file at its end with each route that answered changes with success and never left a line. */
export function guardAudit(
  test: { after(work: () => Promise<void>): void },
  server: ManagerServer,
  { connections }: TestDatabase,
): void {
  const pool = new pg.Pool({ ...connections.owner, max: 1 });
  const before = new WeakMap<object, number>();
  const count = async (): Promise<number> => {
    const { rows } = await pool.query<{ n: string }>('select count(*) as n from lazaret.audit');
    return Number(rows[0]?.n);
  };
  server.addHook('onRequest', async (request) => {
    if (request.method !== 'GET') before.set(request, await count());
  });
  server.addHook('onSend', async (request, reply, payload) => {
    const lines = before.get(request);
    const path = request.routeOptions.url ?? '';
    const route = `${request.method} ${path.replace('/api/v1', '')}`;
    if (lines === undefined || reply.statusCode >= 300 || !path.startsWith('/api/v1/') || UNAUDITED.has(route)) return;
    if (allRefused(payload)) return;
    seen.set(route, (seen.get(route) ?? false) || (await count()) > lines);
  });
  test.after(() => pool.end());
}
