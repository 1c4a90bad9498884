// SPDX-License-Identifier: Apache-2.0
// What strangers, and one user among many, send to wear the manager out or to look behind a proxy.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { createAuthenticator } from '../auth/index.ts';
import { registerFeatures } from '../features.ts';
import { makeCertificate } from '../testing/test-mail-server.ts';
import { client, TEST_ENROLMENT, TEST_PASSWORD, TEST_PATTERNS, testManager } from '../testing/test-manager.ts';
import { createServer, isBehindTls, type ServerOptions } from './index.ts';

const manager = await testManager({ after });
const { parts, provider, tenantId, join, addTenant } = manager;

/** Another server on the same installation, set up as `options` say. */
async function serverWith(options: Partial<ServerOptions>, listens = false) {
  const secureCookies = isBehindTls(options);
  const { Registry } = await import('prom-client');
  const own = { ...parts, metrics: new Registry() };
  const server = await createServer(own, createAuthenticator(own, { secureCookies }), { version: '0', ...options });
  registerFeatures(server, own, { secureCookies, enrolment: TEST_ENROLMENT, patterns: TEST_PATTERNS });
  await server.ready();
  if (listens) await server.listen({ port: 0, host: '127.0.0.1' });
  after(() => server.close());
  return server;
}

describe('live streams', () => {
  it('one person, and one tenant, take no more than their part; the next is refused by 503 before a stream begins', async () => {
    const server = await serverWith({ streams: { all: 6, ofTenant: 3, ofPerson: 2 } }, true);
    const { port } = server.server.address() as AddressInfo;
    const open: http.ClientRequest[] = [];
    after(() => open.forEach((one) => one.destroy()));
    const listen = async (tenant: string, headers: Readonly<Record<string, string>>) => {
      const request = http.get({ port, path: `/api/v1/tenants/${tenant}/live`, headers });
      request.on('error', () => undefined);
      open.push(request);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return response;
    };
    const greedy = await join(provider, tenantId, 'greedy@example.com', 'admin');
    const made = await greedy.ask('POST', `/api/v1/tenants/${tenantId}/tokens`, {
      name: 'x',
      rights: ['overview.read'],
    });
    const statuses: (number | undefined)[] = [];
    for (let at = 0; at < 2; at++) statuses.push((await listen(tenantId, greedy.headers)).statusCode);
    const refused = await listen(tenantId, { authorization: `Bearer ${String(made.body.token)}` });
    assert.deepEqual([...statuses, refused.statusCode], [200, 200, 503], 'a token is the same person');
    assert.match(String(refused.headers['content-type']), /application\/json/);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    const text = (await refused.toArray()).map(String).join('');
    assert.equal((JSON.parse(text) as { error: { code: string } }).error.code, 'api.too_many_streams');
    assert.equal((await listen(tenantId, provider.headers)).statusCode, 200, 'somebody else of the tenant');
    const third = await join(provider, tenantId, 'third@example.com', 'admin');
    assert.equal((await listen(tenantId, third.headers)).statusCode, 503, 'the tenant has its part');
    const other = await addTenant('Other', 'other@example.com');
    assert.equal((await listen(other.id, other.admin.headers)).statusCode, 200, 'another tenant has its own');
    const left = open[0];
    left?.destroy();
    for (let status = 0; status !== 200; ) status = (await listen(tenantId, third.headers)).statusCode ?? 0;
  });
});

describe('live streams and rights', { timeout: 240_000 }, () => {
  it('MG-2b: a stream ends with what let it begin: the session, the membership, the token', async () => {
    const server = await serverWith({ streams: { all: 9, ofTenant: 9, ofPerson: 9, lookAgainMs: 50 } }, true);
    const { port } = server.server.address() as AddressInfo;
    const T = `/api/v1/tenants/${tenantId}`;
    const listen = async (headers: Readonly<Record<string, string>>): Promise<http.IncomingMessage> => {
      const request = http.get({ port, path: `${T}/live`, headers });
      after(() => request.destroy());
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal(response.statusCode, 200);
      return response.resume();
    };
    const stays = await listen(provider.headers);
    const person = await join(provider, tenantId, 'leaves@example.com', 'operator');
    const made = await provider.ask('POST', `${T}/tokens`, { name: 'ends', rights: ['overview.read'] });
    const [bySession, byToken] = [
      await listen(person.headers),
      await listen({ authorization: `Bearer ${String(made.body.token)}` }),
    ];
    const ends = [once(bySession, 'end'), once(byToken, 'end')];
    await person.ask('DELETE', '/api/v1/session');
    await provider.ask('DELETE', `${T}/tokens/${String(made.body.apiToken.id)}`);
    await Promise.all(ends);
    assert.equal(stays.readableEnded, false, 'who may still look, goes on');
  });
});

describe('connections', { timeout: 300_000 }, () => {
  const limits = { strangers: { max: 8, placeMax: 8 }, known: { max: 16, placeMax: 4 } };
  /** Resolves when `count` of `sockets` are left. */
  const left = async (sockets: ReadonlySet<Socket>, count: number): Promise<void> => {
    while (sockets.size > count) await Promise.race(Array.from(sockets, (socket) => once(socket, 'close')));
  };
  const open = async (port: number, addresses: readonly string[], says = ''): Promise<ReadonlySet<Socket>> => {
    const sockets = new Set<Socket>();
    for (const localAddress of addresses) {
      const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
      await once(socket, 'connect');
      if (says !== '') socket.write(says);
      sockets.add(socket.on('close', () => sockets.delete(socket)).resume());
      after(() => socket.destroy());
    }
    return sockets;
  };
  const addressesOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `127.0.1.${at + 1}`);

  it('strangers who hold theirs, of one address or of many, before TLS and in it, keep nobody out, end nothing of who is signed in, and are not waited for at the end', {
    timeout: 300_000,
  }, async () => {
    const pem = makeCertificate();
    for (const tls of [undefined, pem])
      for (const addresses of [addressesOf(24), addressesOf(24).fill('127.0.1.1'), addressesOf(24).fill('127.0.0.1')]) {
        const server = await serverWith({ connections: limits, ...(tls === undefined ? {} : { tls }) }, true);
        const { port } = server.server.address() as AddressInfo;
        const client = tls === undefined ? http : https;
        const get = async (path: string, headers = {}): Promise<http.IncomingMessage> => {
          const request = client.get({ port, path, headers, rejectUnauthorized: false, agent: false });
          after(() => request.destroy());
          return ((await once(request, 'response')) as [http.IncomingMessage])[0].resume();
        };
        const cookie = `${tls === undefined ? '' : '__Host-'}${provider.headers['cookie']}`;
        const stream = await get(`/api/v1/tenants/${tenantId}/live`, { cookie });
        const strangers = await open(port, addresses, tls === undefined ? 'GET /healthz HTTP/1.1\r\n' : '');
        await left(strangers, 8);
        assert.equal((await get('/healthz')).statusCode, 200);
        assert.equal(strangers.size >= 7, true, 'a newcomer takes one place');
        assert.deepEqual([stream.statusCode, stream.readableEnded, stream.destroyed], [200, false, false]);
        await Promise.all([server.close(), left(strangers, 0)]);
      }
  });

  it('one person has so many, and a proxy of ours as many as it likes', async () => {
    const server = await serverWith({ connections: limits }, true);
    const { port } = server.server.address() as AddressInfo;
    const asks = `GET /api/v1/session HTTP/1.1\r\nhost: x\r\ncookie: ${provider.headers['cookie']}\r\n\r\n`;
    const other = await join(provider, tenantId, 'keeps@example.com', 'operator');
    const kept = await open(port, ['127.0.0.1'], asks.replace(/cookie: .*/, `cookie: ${other.headers['cookie']}`));
    // Until it is answered, it is one of the strangers, of whom the first has to go.
    await Promise.all(Array.from(kept, (socket) => once(socket, 'data')));
    const greedy = await open(port, addressesOf(12), asks);
    await left(greedy, 4);
    assert.deepEqual([greedy.size, kept.size], [4, 1]);
    const behind = await serverWith({ connections: limits, trustedProxies: ['127.0.1.0/24', '127.0.2.1'] }, true);
    const proxied = await open((behind.server.address() as AddressInfo).port, addressesOf(24).with(0, '127.0.2.1'));
    const strangers = await open((behind.server.address() as AddressInfo).port, addressesOf(24).fill('127.0.0.1'));
    await left(strangers, 8);
    assert.equal(proxied.size, 24);
  });
});

describe('JSON', () => {
  it('what is nested deep is refused by a code, at every route that takes a body', async () => {
    const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);
    const bodies = [
      deep('[', ']'),
      `{"name":${deep('[', ']')}}`,
      `${'{"a":'.repeat(90_000)}1${'}'.repeat(90_000)}`,
      '['.repeat(500_000),
    ];
    const T = `/api/v1/tenants/${tenantId}`;
    const routes = [
      ['POST', '/api/v1/session', {}],
      ['POST', '/api/v1/setup', {}],
      ['POST', `${T}/policies`, provider.headers],
      ['POST', `${T}/groups`, provider.headers],
      ['PATCH', '/api/v1/me', provider.headers],
    ] as const;
    for (const [method, url, headers] of routes)
      for (const payload of bodies) {
        const answer = await manager.server.inject({
          method,
          url,
          headers: { ...headers, 'content-type': 'application/json' },
          payload,
        });
        assert.deepEqual(
          [answer.statusCode, answer.json<{ error: { code: string } }>().error.code],
          [400, 'api.invalid'],
          url,
        );
      }
  });
});

describe('behind a proxy', () => {
  const credentials = { email: 'behind@example.com', password: TEST_PASSWORD };

  it('cookies carry __Host- and Secure, and browsers are told to stay with TLS; one without the prefix is no session', async () => {
    await join(provider, tenantId, credentials.email, 'operator');
    const server = await serverWith({ trustedProxies: ['127.0.0.1'] });
    const answer = await client(server, {}).ask('POST', '/api/v1/session', credentials);
    const cookies = answer.headers['set-cookie'] as string[];
    assert.equal(cookies.length, 2);
    for (const cookie of cookies)
      assert.match(cookie, /^__Host-lazaret_\w+=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    assert.match(String(answer.headers['strict-transport-security']), /^max-age=\d{8}/);
    const session = cookies[0]?.split(';')[0] ?? '';
    const as = (cookie: string) => client(server, { cookie }).ask('GET', '/api/v1/session');
    assert.equal((await as(session)).status, 200);
    assert.equal((await as(session.replace('__Host-', ''))).status, 401);
    const plain = await client(manager.server, {}).ask('GET', '/healthz');
    assert.equal(plain.headers['strict-transport-security'], undefined);
  });

  it('who asks is read from the header of a proxy that is trusted, and of nobody else', async () => {
    const server = await serverWith({ trustedProxies: ['192.0.2.1', '10.0.0.0/8'] });
    for (const [proxy, expected] of [
      ['192.0.2.1', '203.0.113.5'],
      ['10.1.2.3', '203.0.113.5'],
      ['198.51.100.9', '198.51.100.9'],
    ] as const) {
      const said = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' };
      assert.equal((await client(server, said, proxy).ask('POST', '/api/v1/session', credentials)).status, 200);
      const { body } = await provider.ask('GET', `/api/v1/tenants/${tenantId}/audit?action=session.start&limit=1`);
      assert.equal(body.items[0].after.address, expected);
    }
  });

  it('one host is one address, however a proxy writes it; what is none is the proxy’s own', async () => {
    const server = await serverWith({ trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] });
    for (const [proxy, written, expected] of [
      ['127.0.0.1', '203.0.113.5:4711', '203.0.113.5'],
      ['127.0.0.1', '::ffff:203.0.113.5', '203.0.113.5'],
      ['127.0.0.1', '::ffff:cb00:7105', '203.0.113.5'],
      ['127.0.0.1', '[2001:db8::5]:443', '2001:db8::5'],
      ['127.0.0.1', '2001:0DB8:0::0:5', '2001:db8::5'],
      ['127.0.0.1', 'fe80::5%eth0', 'fe80::5'],
      ['::ffff:10.0.0.1', '192.0.2.66, 203.0.113.5, 10.9.9.9', '203.0.113.5'],
      ['fd00::1', '2001:db8::5', '2001:db8::5'],
      ['127.0.0.1', 'unknown', '127.0.0.1'],
      ['127.0.0.1', '0x7f.1', '127.0.0.1'],
      ['127.0.0.1', 'x'.repeat(4_000), '127.0.0.1'],
      ['fe80::9%eth0', '203.0.113.5', 'fe80::9'],
    ] as const) {
      const who = client(server, { 'x-forwarded-for': written }, proxy);
      assert.equal((await who.ask('POST', '/api/v1/session', credentials)).status, 200, written);
      const { body } = await provider.ask('GET', `/api/v1/tenants/${tenantId}/audit?action=session.start&limit=1`);
      assert.equal(body.items[0].after.address, expected, `${proxy}: ${written.slice(0, 50)}`);
    }
  });

  it('a port behind the address is no way around the limit of an address', async () => {
    const server = await serverWith({ trustedProxies: ['127.0.0.1'] });
    const statuses: number[] = [];
    for (let at = 0; at < 31; at++) {
      const who = client(server, { 'x-forwarded-for': `203.0.113.77:${4_000 + at}` });
      const body = { token: 'x', password: 'a long passphrase' };
      statuses.push((await who.ask('POST', '/api/v1/password-links', body)).status);
    }
    assert.deepEqual([statuses.at(-2), statuses.at(-1)], [403, 429]);
  });

  it('metrics are for who has their token, from wherever', async () => {
    const server = await serverWith({ metricsToken: 'the token of metrics' });
    const ask = (headers: Readonly<Record<string, string>>) => server.inject({ url: '/metrics', headers });
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'the token of metrics' }])
      assert.equal((await ask(headers)).statusCode, 404);
    const answer = await ask({ authorization: 'Bearer the token of metrics' });
    assert.match(answer.body, /lazaret_http_request_duration_seconds_count/);
    assert.equal((await manager.server.inject('/metrics')).statusCode, 404, 'without a token there are none');
  });
});
