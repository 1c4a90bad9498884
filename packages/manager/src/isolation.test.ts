// SPDX-License-Identifier: Apache-2.0
// Every route of the API document, as nobody, as another tenant, as every role, as the provider without consent, as a token without the right.
// Generated from the document: a new route is held to it by being there.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { rightsOfRole, TENANT_ROLES, type Right, type TenantRole } from '@lazaret/contract';
import { addTestVm, testSpool } from './testing/test-vms.ts';
import { testSeed } from '@lazaret/testkit';
import fc from 'fast-check';
import { applyBatch } from './ingest/index.ts';
import { client, type TestClient, testManager } from './testing/test-manager.ts';
import {
  type ApiRequest,
  isStream,
  type OpenApiDocument,
  type Operation,
  operationsOf,
  requestsTo,
} from './testing/test-openapi.ts';

const manager = await testManager({ after });
const { server, provider, nobody, tenantId, parts, join, addTenant } = manager;
const document = (await nobody.ask('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
const operations = operationsOf(document);
/** A hash is no id: of one that a tenant has never met, the answer is that it has none. */
const ITEM = /\{(?!tenantId|sha256)/;
const inTenant = operations.filter(({ path }) => path.includes('{tenantId}'));

/** What only the first tenant may ever see. */
const MARKER = 'marker-of-the-first-tenant';
const other = await addTenant('Other', 'other@example.com');
const stranger = await addTenant('Stranger', 'stranger@example.com');
const people: Readonly<Record<TenantRole, TestClient>> = {
  admin: await join(provider, tenantId, 'admin@example.com', 'admin'),
  operator: await join(provider, tenantId, 'operator@example.com', 'operator'),
  'read-only': await join(provider, tenantId, 'reader@example.com', 'read-only'),
};
/** A provider that is no member of anything: the first one is admin of the first tenant. */
const pureProvider = await makePureProvider();

async function makePureProvider(): Promise<TestClient> {
  await join(provider, tenantId, 'pure@example.com', 'read-only');
  await parts.database.asIdentity(async (tx) => {
    const { id } = await tx
      .updateTable('users')
      .set({ provider: true })
      .where('email', '=', 'pure@example.com')
      .returning('id')
      .executeTakeFirstOrThrow();
    await tx.deleteFrom('memberships').where('user_id', '=', id).execute();
  });
  return manager.signIn('pure@example.com');
}

const requests = new Map<Operation, ApiRequest>();
function requestOf(operation: Operation, tenant: string, itemId?: string): ApiRequest {
  let made = requests.get(operation);
  if (made === undefined) {
    const [first] = fc.sample(requestsTo(operation, document, { tenantId, ids: [] }, 'valid'), {
      numRuns: 1,
      seed: testSeed,
    });
    assert.ok(first);
    made = first;
    requests.set(operation, made);
  }
  const url = made.url.replace(tenantId, tenant);
  if (itemId === undefined) return { ...made, url };
  // The first id behind the tenant's is the item's.
  const [path = '', ...rest] = url.split('?');
  const item = path.replace(new RegExp(`(/tenants/${tenant}/.*?/)[0-9a-f-]{36}(?=/|$)`), `$1${itemId}`);
  return { ...made, url: [item, ...rest].join('?') };
}

/** Whether it names something by a UUID of its own, below the tenant. */
const hasItem = ({ parameters }: Operation): boolean =>
  parameters.some((one) => one.in === 'path' && one.name !== 'tenantId' && one.schema['format'] === 'uuid');
const ask = (who: TestClient, { method, url, body }: ApiRequest) => who.ask(method, url, body);
const named = (operation: Operation): string => `${operation.method} ${operation.path}`;

async function seedFirstTenant(): Promise<void> {
  const { body: policies } = await provider.ask('GET', `/api/v1/tenants/${tenantId}/policies`);
  const policyId = policies.items[0].id as string;
  const vm = await addTestVm(parts, tenantId, MARKER);
  const spool = testSpool(Date.now());
  const lines = [spool.detection({ path: `/srv/${MARKER}` })];
  await parts.database.asTenant(tenantId, (tx) =>
    applyBatch({ ...vm, tx, now: new Date() }, { epoch: spool.epoch, after: 0, lines }, []),
  );
  const T = `/api/v1/tenants/${tenantId}`;
  const done = [
    await provider.ask('POST', `${T}/scans`, { vmIds: [vm.vmId], kind: 'quick' }),
    await provider.ask('POST', `${T}/enrolment-tokens`, { note: MARKER, policyId }),
    await provider.ask('POST', `${T}/policies`, { document: { name: MARKER } }),
    await provider.ask('POST', `${T}/groups`, { name: MARKER }),
    await provider.ask('POST', `${T}/tokens`, { name: MARKER, rights: ['vms.read'] }),
    await provider.ask('POST', `${T}/users`, { email: `${MARKER}@example.com`, role: 'operator' }),
    await provider.ask('POST', `${T}/consents`, { scope: 'read', reason: MARKER, hours: 1 }),
    await provider.ask('PUT', `${T}/settings/contacts`, {
      contacts: [{ email: `${MARKER}@example.com`, language: 'en', topics: ['alarms'] }],
    }),
    await provider.ask('PUT', `${T}/settings/webhook`, { url: `https://${MARKER}.example.com/` }),
  ];
  assert.deepEqual(
    done.filter(({ status }) => status >= 300).map(({ body }) => body as unknown),
    [],
  );
  // The consent was to have something to look for; it must not let the provider in below.
  await parts.database.asIdentity((tx) => tx.updateTable('consents').set({ revoked_at: new Date() }).execute());
}
await seedFirstTenant();

/** Every id that lists of the first tenant show. */
async function idsOfFirstTenant(): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const operation of inTenant) {
    if (operation.method !== 'GET' || isStream(operation) || ITEM.test(operation.path)) continue;
    const { body } = await provider.ask('GET', operation.path.replace('{tenantId}', tenantId));
    for (const [id] of JSON.stringify(body).matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g))
      ids.add(id);
  }
  ids.delete(tenantId);
  return [...ids];
}

describe('isolation, by the API document', () => {
  it('the document names at least what this test was written for', () => {
    assert.ok(operations.length > 60, `${operations.length} operations`);
    assert.ok(operations.every(({ right }) => typeof right === 'string'));
  });

  it('MG-3a: every route that features serve is in the document', () => {
    const named = new Set(operations.map(({ method, path }) => `${method} ${path}`));
    assert.deepEqual(
      manager.routes.filter((route) => !named.has(route)),
      [],
    );
    assert.ok(manager.routes.length > 90, `${manager.routes.length} routes`);
  });

  it('MG-2a, MG-2b: nobody gets anything but 401, where a route is not public', async () => {
    for (const operation of operations) {
      if (operation.right === 'public') continue;
      const { status, body } = await ask(nobody, requestOf(operation, tenantId));
      assert.deepEqual([status, body.error.code], [401, 'api.unauthenticated'], named(operation));
    }
  });

  it('MG-2a: another tenant’s admin gets 404 everywhere, word for word as for a tenant that does not exist', async () => {
    for (const operation of inTenant) {
      const there = await ask(other.admin, requestOf(operation, tenantId));
      const nowhere = await ask(other.admin, requestOf(operation, parts.newId()));
      assert.equal(there.status, 404, named(operation));
      assert.deepEqual(there.body, nowhere.body, named(operation));
    }
  });

  it('MG-2a: another tenant’s ids under one’s own tenant are not there, and no answer shows what is not one’s own', async () => {
    const ids = await idsOfFirstTenant();
    assert.ok(ids.length >= 6, `${ids.length} ids`);
    let asked = 0;
    for (const operation of inTenant) {
      if (isStream(operation)) continue;
      const itemIds = hasItem(operation) ? ids : [undefined];
      for (const itemId of itemIds) {
        const { status, body } = await ask(other.admin, requestOf(operation, other.id, itemId));
        asked++;
        assert.ok(status < 500, `${named(operation)}: ${status}`);
        if (itemId !== undefined) assert.ok(status >= 400, `${named(operation)} with ${itemId}: ${status}`);
        assert.ok(!JSON.stringify(body).includes(MARKER), named(operation));
      }
    }
    assert.ok(asked > 100, `${asked} requests`);
    const mine = await provider.ask('GET', `/api/v1/tenants/${tenantId}/policies`);
    assert.ok(JSON.stringify(mine.body).includes(MARKER), 'and it is still there for its own');
  });

  it('MG-2b: every role gets 403 exactly where it has not the right', async () => {
    for (const operation of inTenant)
      for (const role of TENANT_ROLES) {
        const has = rightsOfRole(role).some((right) => right === operation.right);
        if (has && (isStream(operation) || operation.method !== 'GET')) continue;
        const { status, body } = await ask(people[role], requestOf(operation, tenantId));
        if (has)
          assert.ok(status !== 401 && status !== 403 && status < 500, `${named(operation)} as ${role}: ${status}`);
        else {
          assert.deepEqual([status, body.error.code], [403, 'api.forbidden'], `${named(operation)} as ${role}`);
          assert.ok(String(body.error.message).includes(operation.right), named(operation));
        }
      }
  });

  it('MG-2b: who has the right for a change is let through to it', async () => {
    // In a tenant of its own, because these change things.
    for (const operation of inTenant) {
      if (operation.method === 'GET' || isStream(operation)) continue;
      const { status, body } = await ask(stranger.admin, requestOf(operation, stranger.id));
      // 401 is said where the password is asked for again, too: then it is a wrong password, not nobody.
      const isNobody = status === 401 && body.error.code !== 'auth.failed';
      assert.ok(status < 500 && !isNobody, `${named(operation)}: ${status}`);
      if (status === 403)
        assert.ok(!String(body.error.message).includes(`needs the right "${operation.right}"`), named(operation));
    }
  });

  it('MG-2c: the provider without a consent gets nothing of a tenant, and members get nothing of the provider', async () => {
    for (const operation of inTenant) {
      const { status, body } = await ask(pureProvider, requestOf(operation, tenantId));
      assert.deepEqual([status, body.error.code], [403, 'api.consent_required'], named(operation));
    }
    for (const operation of operations) {
      if (!operation.right.startsWith('provider.')) continue;
      for (const person of Object.values(people)) {
        const { status, body } = await ask(person, requestOf(operation, tenantId));
        assert.deepEqual([status, body.error.code], [403, 'api.forbidden'], named(operation));
      }
    }
  });

  it('MG-2d: a token without the right gets 403, and none at all of another tenant or of the provider', async () => {
    const rights: Right[] = ['alarms.write'];
    const made = await provider.ask('POST', `/api/v1/tenants/${tenantId}/tokens`, { name: 'weak', rights });
    const token = client(server, { authorization: `Bearer ${made.body.token}` });
    for (const operation of operations) {
      if (operation.right === 'public' || operation.right === 'signed-in' || operation.right === rights[0]) continue;
      assert.equal((await ask(token, requestOf(operation, tenantId))).status, 403, named(operation));
      if (operation.path.includes('{tenantId}'))
        assert.equal((await ask(token, requestOf(operation, other.id))).status, 404, named(operation));
    }
  });

  it('a changing request by a session without our own header is refused', async () => {
    const bare = client(server, { cookie: people.admin.headers['cookie'] ?? '' });
    for (const operation of inTenant) {
      if (operation.method === 'GET') continue;
      assert.equal(
        (await ask(bare, requestOf(operation, tenantId))).body.error.code,
        'api.cross_site',
        named(operation),
      );
    }
  });
});
