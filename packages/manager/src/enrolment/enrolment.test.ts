// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  enrolmentCreatedSchema,
  enrolmentProgressSchema,
  enrolmentTokenPageSchema,
  parseEnrolmentToken,
} from '@lazaret/contract';
import { TEST_ENROLMENT } from '../testing/test-manager.ts';
import { testServer } from '../testing/test-server.ts';
import { addTestVm } from '../testing/test-vms.ts';
import { registerEnrolmentRoutes } from './index.ts';

const { parts, tenantId, ask } = await testServer({ after }, (server, made) =>
  registerEnrolmentRoutes(server, made, TEST_ENROLMENT),
);
const { vmId } = await addTestVm(parts, tenantId, 'first');
const policyId = await parts.database.asTenant(tenantId, async (tx) => {
  const row = await tx.selectFrom('vms').select('policy_id').where('id', '=', vmId).executeTakeFirstOrThrow();
  return row.policy_id;
});

describe('enrolment tokens', () => {
  it('MG-1a: a token is shown once with its command; of its secret a hash alone is kept', async () => {
    const answer = await ask('operator', 'POST', '/enrolment-tokens', { policyId, note: 'web servers' });
    assert.equal(answer.status, 201);
    const { token, secret, command } = enrolmentCreatedSchema.parse(answer.body);
    assert.equal(command, `sudo lazaret agent activate <<< '${secret}'`);
    const content = parseEnrolmentToken(secret);
    assert.deepEqual([content?.tenantId, content?.tokenId], [tenantId, token.id]);
    assert.deepEqual(content?.managers, ['manager.example.com:4120']);
    const page = await ask('read-only', 'GET', '/enrolment-tokens');
    assert.deepEqual(enrolmentTokenPageSchema.parse(page.body).items, [token]);
    const stored = await parts.database.asTenant(tenantId, (tx) =>
      tx.selectFrom('enrolment_tokens').selectAll().execute(),
    );
    assert.ok(!JSON.stringify(stored).includes(content?.secret ?? 'nothing'));
  });

  it('MG-2b: who may only read makes none; a policy of nobody is not found', async () => {
    assert.equal((await ask('read-only', 'POST', '/enrolment-tokens', { policyId })).status, 403);
    const policyOfNobody = '01980000-0000-7000-8000-000000000000';
    assert.equal((await ask('admin', 'POST', '/enrolment-tokens', { policyId: policyOfNobody })).status, 404);
  });

  it('a token is withdrawn once, and its progress is empty until something comes', async () => {
    const { body } = await ask('admin', 'POST', '/enrolment-tokens', { policyId });
    const path = `/enrolment-tokens/${body.token.id}`;
    const progress = await ask('read-only', 'GET', `${path}/progress`);
    assert.deepEqual(enrolmentProgressSchema.parse(progress.body), { attempts: [] });
    assert.equal((await ask('admin', 'DELETE', path)).status, 204);
    assert.equal((await ask('admin', 'DELETE', path)).status, 409);
    assert.equal((await ask('admin', 'GET', '/enrolment-tokens?limit=1')).body.items[0].revokedAt !== null, true);
  });

  it('a list goes on by its cursor, and shows nothing twice', async () => {
    const first = await ask('admin', 'GET', '/enrolment-tokens?limit=1');
    const second = await ask('admin', 'GET', `/enrolment-tokens?limit=1&cursor=${first.body.next}`);
    assert.equal(second.status, 200);
    assert.notEqual(first.body.items[0].id, second.body.items[0].id);
    assert.equal((await ask('admin', 'GET', '/enrolment-tokens?cursor=nonsense')).status, 400);
  });
});
