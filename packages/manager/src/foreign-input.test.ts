// SPDX-License-Identifier: Apache-2.0
// What somebody makes up, or takes from another tenant, in the places that are no path: cursors, query strings, bodies.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { addTestVm } from './testing/test-vms.ts';
import { testManager } from './testing/test-manager.ts';
import { isStream, type OpenApiDocument, operationsOf } from './testing/test-openapi.ts';

const { nobody, provider, parts, tenantId, addTenant } = await testManager({ after });
const T = `/api/v1/tenants/${tenantId}`;
const document = (await nobody.ask('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
const other = await addTenant('Other', 'other@example.com');
const O = `/api/v1/tenants/${other.id}`;

const policyOf = async (base: string, who: typeof provider): Promise<string> =>
  (await who.ask('GET', `${base}/policies`)).body.items[0].id as string;
const own = { policy: await policyOf(T, provider), vm: await addTestVm(parts, tenantId, 'own') };
const theirs = {
  policy: await policyOf(O, other.admin),
  vm: await addTestVm(parts, other.id, 'theirs'),
  group: (await other.admin.ask('POST', `${O}/groups`, { name: 'theirs' })).body.id as string,
};

describe('cursors', () => {
  const lists = operationsOf(document).filter(
    (one) => one.method === 'GET' && !isStream(one) && one.parameters.some(({ name }) => name === 'cursor'),
  );
  const encode = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
  const pages = lists.map(({ path }) => path.replace('{tenantId}', tenantId).replace('{id}', own.policy));

  it('MG-3a: what is wrong with the shape of a request is told in our words, and where', async () => {
    const T = `/api/v1/tenants/${tenantId}`;
    const wrong: readonly (readonly ['POST' | 'PUT' | 'PATCH', string, unknown])[] = [
      ['POST', `${T}/policies`, {}],
      [
        'POST',
        `${T}/policies`,
        { document: { realtime: { directories: { kind: 'lst' } }, manual: { action: { kind: 5 } } } },
      ],
      [
        'PUT',
        `${T}/settings/contacts`,
        { contacts: [{ email: 'no address', language: 'xx', topics: ['nothing'], more: 1 }] },
      ],
      ['PUT', `${T}/settings/webhook`, { url: 5 }],
      ['POST', `${T}/users`, { email: 'x', role: 'king' }],
      ['POST', `${T}/scans`, { vmIds: 'x', kind: [] }],
      ['POST', `${T}/tokens`, { name: '', rights: 'all', expiresInDays: -1.5 }],
      ['PATCH', '/api/v1/me', { language: 1, other: 2, third: 3 }],
      ['POST', `${T}/quarantine/restore`, { entries: [{ vmId: 'x', entry: 1 }] }],
    ];
    for (const [method, path, body] of wrong) {
      const { status, body: answer } = await provider.ask(method, path, body);
      const { faults = [] } = answer.error as { readonly faults?: readonly { readonly message: string }[] };
      assert.ok(status === 400 || status === 422, `${status} ${path}`);
      assert.ok(faults.length > 0, `${path}: ${JSON.stringify(answer)}`);
      for (const { message } of faults) {
        assert.doesNotMatch(
          message,
          /Invalid|expected|received|discriminator|Unrecognized|Too (?:small|big)|regex|pattern/,
          path,
        );
        assert.match(message, /^\p{Lu}.*[.?]$/su, path);
      }
    }
  });

  it('MG-3a: one that somebody made up is refused or finds nothing, at every list: no 500', async () => {
    assert.ok(lists.length > 15, `${lists.length} lists`);
    const late = '9999-12-31T23:59:59.999999999999999Z';
    const keys: readonly unknown[] = [
      ['\u0000', own.policy],
      ['\ud800', own.policy],
      [late, own.policy],
      [late, own.policy, '\u0000'],
      ['-infinity', own.policy],
      [own.policy],
      [-1],
      [2_147_483_648],
      [Number.MAX_SAFE_INTEGER],
      [{ toString: 1 }, own.policy],
      [],
      null,
      'text',
    ];
    for (const page of pages)
      for (const key of keys)
        for (const sort of ['', '&sort=-lastSeenAt']) {
          const { status } = await provider.ask('GET', `${page}?cursor=${encode(key)}${sort}`);
          assert.ok(status === 200 || status === 400 || status === 404, `${status} ${page} ${JSON.stringify(key)}`);
        }
  });

  it('MG-2a: a cursor of another tenant leads through one’s own alone', async () => {
    for (let at = 0; at < 3; at++) {
      await other.admin.ask('POST', `${O}/groups`, { name: `theirs ${at}` });
      await provider.ask('POST', `${T}/groups`, { name: `own ${at}` });
    }
    const { body } = await other.admin.ask('GET', `${O}/groups?limit=1`);
    const found = await provider.ask('GET', `${T}/groups?cursor=${String(body.next)}`);
    const names = (found.body.items as { name: string }[]).map(({ name }) => name);
    assert.ok(
      names.every((name) => name.startsWith('own')),
      names.join(', '),
    );
  });
});

describe('ids of another tenant', () => {
  it('MG-2a: in a body they are not there: nothing is made, changed or ordered', async () => {
    const entries = [{ vmId: theirs.vm.vmId, entry: 'x' }];
    const exception = { kinds: ['manual'], match: { path: '/x' }, reason: 'x', expires: null };
    const bodies = [
      ['PATCH', `${T}/vms/${own.vm.vmId}`, { policyId: theirs.policy }],
      ['PATCH', `${T}/vms/${own.vm.vmId}`, { groupId: theirs.group }],
      ['POST', `${T}/groups`, { name: 'with theirs', policyId: theirs.policy }],
      ['POST', `${T}/enrolment-tokens`, { note: 'x', policyId: theirs.policy }],
      ['POST', `${T}/enrolment-tokens`, { note: 'x', policyId: own.policy, groupId: theirs.group }],
      ['POST', `${T}/policies`, { copyOf: theirs.policy, name: 'a copy' }],
      ['POST', `${T}/exceptions`, { policyId: theirs.policy, ...exception }],
      ['POST', `${T}/explain`, { vmId: theirs.vm.vmId, path: '/x' }],
      ['POST', `${T}/quarantine/restore`, { entries }],
      ['POST', `${T}/quarantine/delete`, { entries }],
      ['POST', `${T}/scans`, { vmIds: [theirs.vm.vmId], kind: 'quick' }],
      ['POST', `${T}/vms/${theirs.vm.vmId}/commands`, { kind: 'update' }],
    ] as const;
    for (const [method, url, body] of bodies) {
      const answer = await provider.ask(method, url, body);
      const text = JSON.stringify(answer.body);
      assert.ok(answer.status === 404 || /"code":"api\.not_found"/.test(text), `${answer.status} ${url} ${text}`);
    }
    const left = await parts.database.asTenant(other.id, (tx) => tx.selectFrom('commands').select('id').execute());
    assert.deepEqual(left, []);
  });

  it('MG-2a: in a query string they find nothing', async () => {
    for (const query of [
      `vms?policy=${theirs.policy}`,
      `vms?group=${theirs.group}`,
      `detections?vm=${theirs.vm.vmId}`,
      `quarantine?vm=${theirs.vm.vmId}`,
      `scans?vm=${theirs.vm.vmId}`,
      `exceptions?policy=${theirs.policy}`,
      `audit?subject=vm:${theirs.vm.vmId}`,
    ]) {
      const { status, body } = await provider.ask('GET', `${T}/${query}`);
      assert.deepEqual([status, body.items], [200, []], query);
    }
  });

  it('MG-2a: the tenant of the provider is nobody’s to ask', async () => {
    for (const who of [provider, other.admin])
      for (const at of ['vms', 'patterns', 'users', 'policies', 'settings/webhook'])
        assert.ok((await who.ask('GET', `/api/v1/tenants/${PROVIDER_TENANT_ID}/${at}`)).status >= 403, at);
  });
});

describe('what is wide', () => {
  it('a stranger’s request is not answered by one of its own size', async () => {
    const keys = Array.from({ length: 50_000 }, (_, at) => [`key ${at}`, 1] as const);
    for (const body of [
      Object.fromEntries(keys),
      { email: 'x@example.com', password: 'x', ...Object.fromEntries(keys) },
    ]) {
      const answer = await nobody.ask('POST', '/api/v1/session', body);
      assert.equal(answer.status, 400);
      assert.ok(JSON.stringify(answer.body).length < 10_000, `${JSON.stringify(answer.body).length} characters`);
    }
  });

  it('names that a prototype has are names like others', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      assert.equal((await provider.ask('POST', `${T}/groups`, { name })).status, 201, name);
    for (const query of ['sort=constructor', 'sort=__proto__', 'state=toString', 'protection=constructor'])
      assert.equal((await provider.ask('GET', `${T}/vms?${query}`)).status, 400, query);
    for (const key of ['__proto__', 'constructor', 'toString'])
      assert.equal((await provider.ask('GET', `${T}/vms?${key}=x`)).status, 200, key);
  });
});
