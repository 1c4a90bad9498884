// SPDX-License-Identifier: Apache-2.0
// What keeps a session from ending unused: what a person asks for. A page that is left open asks too, by itself.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { UNATTENDED_HEADER } from '@lazaret/contract';
import { type ManualClock, manualClock } from '@lazaret/testkit';
import { type Authenticator, createServer, type ManagerServer } from '../../server/index.ts';
import { client, type TestClient, TEST_PASSWORD } from '../../testing/test-manager.ts';
import { addTenant } from '../../tenants/index.ts';
import { testParts } from '../../testing/test-parts.ts';
import { createAuthenticator, makeSetupToken, registerAuthRoutes } from '../index.ts';

const HOUR_MS = 3_600_000;

interface OpenConsole {
  readonly clock: ManualClock;
  readonly person: TestClient;
  /** Opens the stream of events; resolves when it stands. */
  readonly listen: () => Promise<http.IncomingMessage>;
  /** Resolves when a look at who listens has begun and ended after the call. */
  readonly nextLook: () => Promise<void>;
}

async function openConsole(t: TestContext): Promise<OpenConsole> {
  const clock = manualClock(Date.parse('2026-11-25T12:00:00Z'));
  const parts = await testParts(t, { clock });
  const asked = new EventEmitter();
  const real = createAuthenticator(parts, { secureCookies: false });
  const authenticator: Authenticator = {
    authenticate: async (...question) => {
      const began = performance.now();
      const answer = await real.authenticate(...question);
      asked.emit('answered', began);
      return answer;
    },
  };
  const streams = { all: 20, ofTenant: 20, ofPerson: 20, lookAgainMs: 20 };
  const server = await createServer(parts, authenticator, { version: '0.0.0', streams });
  registerAuthRoutes(server, parts, { secureCookies: false, passwordCost: { memoryKiB: 64, passes: 1 }, addTenant });
  t.after(() => server.close());
  await server.listen({ port: 0, host: '127.0.0.1' });
  const token = await makeSetupToken(parts);
  const first = { token, email: 'a@example.com', name: 'A', password: TEST_PASSWORD, tenantName: 'A' };
  const made = await client(server, {}).ask('POST', '/api/v1/setup', first);
  const cookie = String(made.headers['set-cookie']).split(';')[0] ?? '';
  const path = `/api/v1/tenants/${made.body.tenants[0].id as string}/live`;
  return {
    clock,
    person: client(server, { cookie }),
    listen: () => listen(t, server, path, cookie),
    nextLook: async () => {
      const from = performance.now();
      for (;;) if (((await once(asked, 'answered')) as [number])[0] >= from) return;
    },
  };
}

async function listen(
  t: TestContext,
  server: ManagerServer,
  path: string,
  cookie: string,
): Promise<http.IncomingMessage> {
  const { port } = server.server.address() as AddressInfo;
  const request = http.get({ port, path, headers: { cookie } });
  t.after(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  return response;
}

const statusOf = async (person: TestClient, headers: Record<string, string> = {}): Promise<number> =>
  (await person.ask('GET', '/api/v1/session', undefined, headers)).status;

describe('a session that nobody uses', { timeout: 240_000 }, () => {
  it('ends after 12 hours though a page is left open: its stream’s periodic check keeps it not, and the stream ends too', async (t) => {
    const { clock, person, listen, nextLook } = await openConsole(t);
    const stream = await listen();
    assert.equal(stream.statusCode, 200);
    await clock.advance(11 * HOUR_MS);
    await nextLook();
    await clock.advance(2 * HOUR_MS);
    assert.equal(await statusOf(person), 401);
    if (!stream.readableEnded) await once(stream, 'end');
  });

  it('ends after 12 hours though its stream comes back again and again', async (t) => {
    const { clock, person, listen } = await openConsole(t);
    for (let hour = 0; hour < 11; hour++) {
      await clock.advance(HOUR_MS);
      assert.equal((await listen()).statusCode, 200);
    }
    await clock.advance(2 * HOUR_MS);
    assert.equal((await listen()).statusCode, 401);
    assert.equal(await statusOf(person), 401);
  });

  it('ends after 12 hours of what a page asks by itself, and goes on by what a person asks', async (t) => {
    const { clock, person } = await openConsole(t);
    await clock.advance(11 * HOUR_MS);
    assert.equal(await statusOf(person), 200);
    await clock.advance(11 * HOUR_MS);
    assert.equal(await statusOf(person, { [UNATTENDED_HEADER]: '1' }), 200, 'the person asked 11 hours ago');
    await clock.advance(2 * HOUR_MS);
    assert.equal(await statusOf(person), 401);
  });
});
