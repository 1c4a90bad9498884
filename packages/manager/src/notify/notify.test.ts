// SPDX-License-Identifier: Apache-2.0
// From a detection to the mail in a real mail server, over a real database, on a clock that stands until it is moved.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manualClock } from '@lazaret/testkit';
import { testMailServer } from '../testing/test-mail-server.ts';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { deliverAll, type DeliveryParts } from './delivery.ts';
import { enqueue, tellDetection, type OutboxContext, type Recipients, type ToTell } from './outbox.ts';
import { signatureOf } from './send-webhook.ts';

const T0 = Date.parse('2027-01-01T00:00:00Z');
const MINUTE = 60_000;
const VM = '019ac000-0000-7000-8000-00000000000a';
const WEBHOOK_SECRET = 'a secret of the test';

async function constellation(t: TestContext, recipients: Partial<Recipients> = {}) {
  const clock = manualClock(T0);
  const mail = await testMailServer(t);
  const base = await testParts(t, { clock });
  const tenantId = await addTestTenant(base, 'Acme');
  const readRecipients = (): Promise<Recipients> =>
    Promise.resolve({ mails: [{ address: 'admin@acme.example', language: 'en' }], webhook: null, ...recipients });
  const parts: DeliveryParts = {
    ...base,
    random: () => 0.5,
    mailServer: () => Promise.resolve(mail.settings),
    readRecipients,
    readWebhookSecret: () => Promise.resolve(WEBHOOK_SECRET),
    consoleUrl: () => Promise.resolve('https://console.example'),
    allowPrivateWebhooks: true,
  };
  const told = (detection: Partial<ToTell['message']> = {}, fileKey = 'fs|1:ab'): Promise<void> =>
    base.database.asTenant(tenantId, (tx) => {
      const context: OutboxContext = { tx, tenantId, nowMs: clock.nowMs(), newId: base.newId, readRecipients };
      return tellDetection(context, {
        vmId: VM,
        fileKey,
        message: { ...MESSAGE, detectionId: base.newId(), ...detection },
      });
    });
  const deliver = (): Promise<void> => deliverAll(parts, new AbortController().signal);
  const waiting = (): Promise<number> =>
    base.database.asTenant(tenantId, async (tx) => {
      const rows = await tx.selectFrom('outbox').select('id').where('state', '=', 'waiting').execute();
      return rows.length;
    });
  return { clock, mail, base, parts, tenantId, told, deliver, waiting, database: base.database };
}

/** Resolves to the address of a server that ends with the test. */
async function listening(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const MESSAGE: ToTell['message'] = {
  kind: 'detection',
  vm: 'web-03',
  path: '/srv/a.zip',
  threat: 'Eicar-Test-Signature',
  threatKind: 'test',
  event: 'detected',
  action: 'pass',
  detectionId: '',
  time: '2027-01-01T00:00:00.000Z',
};

test('AC-11a: a detection to tell of is a mail to each contact, by STARTTLS and login, once', async (t) => {
  const { mail, told, deliver } = await constellation(t, {
    mails: [
      { address: 'admin@acme.example', language: 'en' },
      { address: 'kanri@acme.example', language: 'ja' },
    ],
  });
  await told();
  await deliver();
  await deliver();
  assert.deepEqual(mail.mails.map(({ to, secure, user }) => `${to} ${secure} ${user}`).toSorted(), [
    'admin@acme.example true lazaret',
    'kanri@acme.example true lazaret',
  ]);
  const english = mail.mails.find(({ to }) => to.startsWith('admin'))?.raw ?? '';
  assert.match(english, /^Subject: \[Lazaret\] Detected: Eicar-Test-Signature on web-03\r$/m);
  assert.match(english, /^Auto-Submitted: auto-generated\r$/m);
});

test('AC-11b: a receiver that never answers holds up its own tenant, and of that one turn, not the others', async (t) => {
  const { clock, base, parts, tenantId } = await constellation(t);
  const other = await addTestTenant(base, 'Beta');
  const held: ServerResponse[] = [];
  const isHeld = Promise.withResolvers<void>();
  const slow = await listening(t, (_request, response) => {
    held.push(response);
    isHeld.resolve();
    void clock.advance(20_000);
  });
  let heldWhenServed = -1;
  const quick = await listening(t, (_request, response) => {
    void isHeld.promise.then(() => {
      heldWhenServed = held.length;
      response.end();
      held.forEach((one) => one.writeHead(500).end());
    });
  });
  for (const [tenant, url, count] of [
    [tenantId, slow, 3],
    [other, quick, 1],
  ] as const)
    for (let at = 0; at < count; at++)
      await parts.database.asTenant(tenant, (tx) => {
        const readRecipients = (): Promise<Recipients> => Promise.resolve({ mails: [], webhook: { url } });
        const context = { tx, tenantId: tenant, nowMs: clock.nowMs(), newId: parts.newId, readRecipients };
        return enqueue(context, { kind: 'test', by: 'x' });
      });
  await deliverAll(parts, new AbortController().signal);
  assert.equal(heldWhenServed, 1, 'the other tenant was served while the first one waited');
  assert.equal(held.length, 1, 'a turn that took so long is over');
});

test('AC-11c: the first at once; a hundred repeats of a file in an hour are one summary; another file is a first again', async (t) => {
  const { clock, mail, told, deliver } = await constellation(t);
  await told();
  for (let index = 0; index < 100; index++) {
    await clock.advance(20_000);
    await told();
  }
  await told({}, 'fs|1:cd');
  await deliver();
  assert.equal(mail.mails.length, 2);
  await clock.advance(60 * MINUTE);
  await deliver();
  assert.equal(mail.mails.length, 3);
  assert.match(mail.mails[2]?.raw ?? '', /100 more/);
  await clock.advance(60 * MINUTE);
  await deliver();
  assert.equal(mail.mails.length, 3, 'an hour without any is silence');
  await told();
  await deliver();
  assert.equal(mail.mails.length, 4, 'and then it is a first again');
});

test('AC-11a: the mail server is down for an hour: nothing is lost, nothing comes twice', async (t) => {
  const { clock, mail, told, deliver, waiting } = await constellation(t);
  await mail.down();
  for (let file = 0; file < 12; file++) await told({}, `fs|1:${file}`);
  for (let minute = 0; minute < 60; minute += 5) {
    await clock.advance(5 * MINUTE);
    await deliver();
  }
  assert.equal(await waiting(), 12);
  await mail.up();
  await clock.advance(20 * MINUTE);
  await deliver();
  assert.equal(mail.mails.length, 12);
  assert.equal(await waiting(), 0);
  const ids = new Set(mail.mails.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]));
  assert.equal(ids.size, 12);
});

test('AC-11a: two managers deliver side by side: each mail goes once', async (t) => {
  const { mail, told, deliver } = await constellation(t);
  for (let file = 0; file < 30; file++) await told({}, `fs|1:${file}`);
  await Promise.all([deliver(), deliver(), deliver()]);
  assert.equal(mail.mails.length, 30);
  assert.equal(new Set(mail.mails.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1])).size, 30);
});

test('AC-11a: what is rolled back is told to nobody', async (t) => {
  const { mail, deliver, database, tenantId, parts } = await constellation(t);
  const failing = database.asTenant(tenantId, async (tx) => {
    const context: OutboxContext = {
      tx,
      tenantId,
      nowMs: T0,
      newId: parts.newId,
      readRecipients: parts.readRecipients,
    };
    await tellDetection(context, { vmId: VM, fileKey: 'f', message: { ...MESSAGE, detectionId: parts.newId() } });
    throw new Error('the batch failed');
  });
  await assert.rejects(failing, /the batch failed/);
  await deliver();
  assert.equal(mail.mails.length, 0);
});

test('AC-11b: a webhook gets the message with a signature that its secret proves; a refusal is tried again', async (t) => {
  const got: { body: string; signature: string }[] = [];
  let answer = 503;
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ body, signature: String(request.headers['lazaret-signature']) });
      response.writeHead(answer).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => void receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const { clock, told, deliver, waiting } = await constellation(t, { mails: [], webhook: { url } });
  await told();
  await deliver();
  assert.equal(await waiting(), 1);
  answer = 204;
  await clock.advance(MINUTE);
  await deliver();
  assert.equal(await waiting(), 0);
  const [first, second] = got;
  assert.equal(first?.body, second?.body, 'the same delivery, so that a receiver can tell');
  const seconds = Number(/^t=(\d+),/.exec(second?.signature ?? '')?.[1]);
  assert.equal(second?.signature, signatureOf(WEBHOOK_SECRET, seconds, second?.body ?? ''));
  assert.equal((JSON.parse(second?.body ?? '') as { message: { vm: string } }).message.vm, 'web-03');
});
