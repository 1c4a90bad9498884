// SPDX-License-Identifier: Apache-2.0
// Which VM ./start takes under its manager. Agent and API are stand-ins that keep a record; the whole journey: e2e/agent/start.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEnrolmentToken } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { activate } from './journey.ts';

type Parts = Parameters<typeof activate>[0];

const OWN = '127.0.0.1:8443';
const ID = '01a22e32-5959-728f-a5c3-009c230a9ec9';
const secret = formatEnrolmentToken({
  tenantId: ID,
  tokenId: ID,
  secret: 'A'.repeat(43),
  managers: [OWN],
  authorities: ['b'.repeat(64)],
});

function parts(managers: readonly string[]): { readonly given: Parts; readonly calls: string[] } {
  const calls: string[] = [];
  let manager: object | null = { vmId: 'old', state: 'active', managers };
  const call = (method: string): Promise<unknown> => {
    calls.push(method);
    if (method === 'link.activate') manager = { vmId: 'new', state: 'active', managers: [OWN] };
    return Promise.resolve({ manager });
  };
  const ask = (method: string): Promise<unknown> =>
    method === 'POST'
      ? Promise.resolve({ secret })
      : Promise.reject(new LazaretError('api.not_found', 'There is no such VM.'));
  const tenant = { api: { ask }, base: '', policyId: '' };
  return { given: { tenant, agent: { call } } as unknown as Parts, calls };
}

test('an agent of another manager is not taken from it', async () => {
  const { given, calls } = parts(['manager.example:8443']);
  await assert.rejects(activate(given), { code: 'start.other_manager', message: /manager\.example:8443/ });
  assert.deepEqual(calls, ['status']);
});

test('an agent of this manager that the manager no longer knows is activated anew', async () => {
  const { given, calls } = parts(['10.0.0.1:8443', OWN]);
  assert.equal(await activate(given), 'new');
  assert.deepEqual(calls, ['status', 'link.deactivate', 'link.activate', 'status']);
});
