// SPDX-License-Identifier: Apache-2.0
// Every route at which a stranger can try something has the limit of an address. By the API document: a new one is held to it by being there.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { client, PROVIDER_EMAIL, TEST_PASSWORD, testManager } from '../../testing/test-manager.ts';
import { type OpenApiDocument, operationsOf } from '../../testing/test-openapi.ts';

const TRIES = 5;
const { server, nobody } = await testManager({ after }, { attemptsPerMinuteMax: TRIES });
const document = (await nobody.ask('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
const open = operationsOf(document).filter(({ right, method }) => right === 'public' && method !== 'GET');

describe('tries of strangers', () => {
  it('are limited at every public route that takes something, whatever the body, and counted together', async () => {
    assert.ok(open.length >= 4, `${open.length} routes`);
    for (const [at, { method, path }] of open.entries()) {
      const who = client(server, {}, `192.0.2.${at}`);
      const statuses: number[] = [];
      for (let count = 0; count <= TRIES; count++) statuses.push((await who.ask(method, path, {})).status);
      assert.deepEqual([statuses.at(-2), statuses.at(-1)], [400, 429], path);
      for (const other of open) assert.equal((await who.ask(other.method, other.path, {})).status, 429, other.path);
    }
  });

  it('a known browser has a limit of its own, which strangers at its address do not use up', async () => {
    const body = { email: PROVIDER_EMAIL, password: TEST_PASSWORD };
    const from = (headers: Record<string, string>) =>
      client(server, headers, '198.51.100.2').ask('POST', '/api/v1/session', body);
    const cookie = /lazaret_device=[\w-]{43}/.exec(String((await from({})).headers['set-cookie']))?.[0] ?? '';
    for (let at = 0; at < TRIES; at++) await from({});
    assert.equal((await from({})).status, 429);
    assert.equal((await from({ cookie })).status, 200);
  });

  it('a cookie that nobody gave makes no other caller', async () => {
    const statuses: number[] = [];
    for (let at = 0; at <= TRIES; at++) {
      const cookie = `lazaret_device=${String(at).padStart(43, 'x')}`;
      statuses.push((await client(server, { cookie }, '198.51.100.1').ask('POST', '/api/v1/session', {})).status);
    }
    assert.equal(statuses.at(-1), 429);
  });
});
