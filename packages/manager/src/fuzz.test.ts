// SPDX-License-Identifier: Apache-2.0
// Requests made from the API document – good, half good and hostile – to every route, as somebody who may do everything. No 500, no hang, and
// every answer is one that the document names. LAZARET_FULL=1: 10,000 and more.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, it } from 'node:test';
import { errorEnvelopeSchema, findErrorCode } from '@lazaret/contract';
import { fullSize, testSeed } from '@lazaret/testkit';
import fc from 'fast-check';
import { addTestVm } from './testing/test-vms.ts';
import { PROVIDER_EMAIL, testManager } from './testing/test-manager.ts';
import {
  type ApiRequest,
  isStream,
  type OpenApiDocument,
  type Operation,
  operationsOf,
  requestsTo,
} from './testing/test-openapi.ts';

const REQUESTS = fullSize ? 12_000 : 800;
const HANG_MS = 30_000;

const { nobody, provider, parts, tenantId } = await testManager({ after });
// The default policy is made when it is first asked for.
await provider.ask('GET', `/api/v1/tenants/${tenantId}/policies`);
await addTestVm(parts, tenantId, 'fuzzed');
const document = (await nobody.ask('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
const operations = operationsOf(document).filter((one) => !isStream(one));
const cookie = (provider.headers['cookie'] ?? '').split('=')[1] ?? '';
const userId = (await provider.ask('GET', '/api/v1/session')).body.user.id as string;
const passwordHash = await parts.database.asIdentity((tx) =>
  tx.selectFrom('users').select('password_hash').where('id', '=', userId).executeTakeFirstOrThrow(),
);

/** What the requests did to the one who sends them is undone: the session, the role, the password, the tenant. */
async function repair(): Promise<void> {
  await parts.database.asIdentity(async (tx) => {
    const email = PROVIDER_EMAIL;
    const free = { totp_sealed: null, totp_enabled_at: null, provider: true, email, ...passwordHash };
    await tx
      .insertInto('users')
      .values({ id: userId, name: 'P', language: 'en', ...free })
      .onConflict((row) => row.column('id').doUpdateSet(free))
      .execute();
    await tx
      .insertInto('memberships')
      .values({ tenant_id: tenantId, user_id: userId, role: 'admin', disabled_at: null })
      .onConflict((row) => row.columns(['tenant_id', 'user_id']).doUpdateSet({ role: 'admin', disabled_at: null }))
      .execute();
    const now = new Date();
    const expires_at = new Date(now.getTime() + 3_600_000);
    await tx
      .insertInto('sessions')
      .values({
        token_hash: createHash('sha256').update(cookie).digest(),
        user_id: userId,
        signed_in_by: 'password',
        created_at: now,
        seen_at: now,
        expires_at,
        address: '',
        user_agent: '',
      })
      .onConflict((row) => row.column('token_hash').doUpdateSet({ seen_at: now, expires_at }))
      .execute();
    await tx.updateTable('tenants').set({ suspended_at: null }).execute();
    await tx.deleteFrom('sign_in_failures').execute();
  });
}

async function knownIds(): Promise<string[]> {
  const ids = new Set<string>();
  for (const operation of operations) {
    if (operation.method !== 'GET' || /\{(?!tenantId)/.test(operation.path)) continue;
    const { body } = await provider.ask('GET', operation.path.replace('{tenantId}', tenantId));
    for (const [id] of JSON.stringify(body ?? null).matchAll(
      /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g,
    ))
      ids.add(id);
  }
  return [...ids].slice(0, 200);
}

const statuses = new Map<number, number>();

async function holds(operation: Operation, request: ApiRequest): Promise<void> {
  const said = `${request.method} ${request.url} ${JSON.stringify(request.body)?.slice(0, 2_000)}`;
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${HANG_MS} ms: ${said}`)), HANG_MS);
  });
  const { status, body } = await Promise.race([provider.ask(request.method, request.url, request.body), hang]);
  clearTimeout(timer);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  assert.ok(status < 500, `${status} for ${said}: ${JSON.stringify(body)}`);
  const documented = [String(status), `${Math.floor(status / 100)}XX`];
  assert.ok(
    documented.some((one) => operation.responses.includes(one)),
    `${status} is not in the document: ${said}`,
  );
  if (status < 400) return;
  const envelope = errorEnvelopeSchema.safeParse(body);
  assert.ok(envelope.success, `no envelope for ${said}: ${JSON.stringify(body)}`);
  assert.ok(findErrorCode(envelope.data.error.code) !== null, `${envelope.data.error.code} is in no catalogue`);
}

it(`MG-3a: no 500, no hang, and nothing that the document does not name, over ${REQUESTS} requests made from it`, async () => {
  console.log(`seed ${testSeed}`);
  let sent = 0;
  let round = 0;
  while (sent < REQUESTS) {
    await repair();
    const ids = [tenantId, userId, ...(await knownIds())];
    for (const operation of operations) {
      const seed = testSeed + round * 10_007 + sent;
      const hostile = fc.sample(requestsTo(operation, document, { tenantId, ids }, 'hostile'), { numRuns: 8, seed });
      const valid = fc.sample(requestsTo(operation, document, { tenantId, ids }, 'valid'), { numRuns: 2, seed });
      await Promise.all([...hostile, ...valid].map((request) => holds(operation, request)));
      sent += hostile.length + valid.length;
      if (/session|password|totp|tenants\/|\/users/.test(operation.path) && operation.method !== 'GET') await repair();
    }
    round++;
  }
  console.log(`${sent} requests: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  // A fuzz that only ever meets the door proves nothing about the house.
  const good = [...statuses].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  assert.ok(good > sent / 10, `only ${good} of ${sent} were taken`);
});
