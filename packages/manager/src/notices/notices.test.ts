// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { until } from '@lazaret/testkit';
import { testManager } from '../testing/test-manager.ts';
import { tellNotice } from './tell.ts';

const { provider, tenantId, parts, addTenant, join } = await testManager({ after });
const other = await addTenant('Other', 'other@example.com');
const T = `/api/v1/tenants/${tenantId}`;
const O = `/api/v1/tenants/${other.id}`;
const texts = (text: string) => ({ en: text, ja: `${text}（日本語）` });
const soon = new Date(Date.now() + 3_600_000).toISOString();
const publish = (notice: object) =>
  provider.ask('POST', '/api/v1/provider/notices', { title: texts('t'), text: texts('x'), startsAt: soon, ...notice });

const contact = (email: string, language: string, topics: string[]) => ({ email, language, topics });
await provider.ask('PUT', `${T}/settings/contacts`, {
  contacts: [contact('en@first.example', 'en', ['notices']), contact('ja@first.example', 'ja', ['notices', 'alarms'])],
});
await other.admin.ask('PUT', `${O}/settings/contacts`, {
  contacts: [contact('a@other.example', 'en', ['detections'])],
});

interface Mail {
  readonly recipient: string;
  readonly message: { readonly notice: string; readonly title: string; readonly text: string };
}
const mailsOf = async (id: string): Promise<Mail[]> =>
  (await parts.database.asTenant(id, (tx) =>
    tx.selectFrom('outbox').selectAll().orderBy('created_at').orderBy('recipient').execute(),
  )) as never;
/** The job runs by itself; this waits for what it does, not for a time. */
async function mailsUntil(id: string, count: number): Promise<Mail[]> {
  await until(async () => (await mailsOf(id)).length >= count, `${count} mails`);
  return await mailsOf(id);
}

describe('maintenance notices', () => {
  it('MG-6a, MG-6d: planned, in advance: on the page of each tenant that it is for, and by mail in its language', async () => {
    assert.equal((await publish({ kind: 'planned', startsAt: '2026-01-01T00:00:00Z' })).body.error.path, '/startsAt');
    const { body } = await publish({ kind: 'planned', tenantIds: [tenantId] });
    const mine = await provider.ask('GET', `${T}/notices`);
    assert.deepEqual(
      mine.body.items.map(({ id, kind, tenantIds }: Record<string, unknown>) => [id, kind, tenantIds]),
      [[body.id, 'planned', null]],
    );
    assert.equal((await other.admin.ask('GET', `${O}/notices`)).body.total, 0);
    const mails = await mailsUntil(tenantId, 2);
    assert.deepEqual(
      mails.map(({ recipient, message }) => [recipient, message.title]),
      [
        ['en@first.example', 't'],
        ['ja@first.example', 't（日本語）'],
      ],
    );
    assert.deepEqual(await mailsOf(other.id), []);
  });

  it('a job that comes again tells nobody twice', async () => {
    const { body } = await publish({ kind: 'planned', tenantIds: [tenantId] });
    await mailsUntil(tenantId, 4);
    await Promise.all([1, 2].map(() => tellNotice(parts, { noticeId: body.id as string, event: 'planned' })));
    assert.equal((await mailsOf(tenantId)).length, 4);
  });

  it('MG-6b: urgent may start at once, and says why', async () => {
    const now = new Date().toISOString();
    assert.equal((await publish({ kind: 'urgent', startsAt: now })).body.error.path, '/reason');
    assert.equal(
      (await publish({ kind: 'urgent', startsAt: now, reason: 'a hole', tenantIds: [tenantId] })).status,
      201,
    );
    const mails = await mailsUntil(tenantId, 6);
    assert.match(mails.at(-1)?.message.text ?? '', /a hole/);
  });

  it('MG-6c: the end is told too, once', async () => {
    const { body } = await publish({ kind: 'planned' });
    assert.equal((await other.admin.ask('GET', `${O}/notices`)).body.total, 1, 'for all');
    await mailsUntil(tenantId, 8);
    const end = `/api/v1/provider/notices/${body.id}/end`;
    assert.equal((await provider.ask('POST', end, { text: texts('all is well') })).body.kind, 'ended');
    assert.equal((await provider.ask('POST', end, { text: texts('again') })).status, 409);
    const mails = await mailsUntil(tenantId, 10);
    assert.deepEqual(
      mails.slice(8).map(({ message }) => [message.notice, message.text]),
      [
        ['ended', 'all is well'],
        ['ended', 'all is well（日本語）'],
      ],
    );
  });
});

describe('terms', () => {
  it('terms are versioned, accepted by an admin of the tenant by their number, and unchangeable', async () => {
    const reader = await join(provider, tenantId, 'reader@example.com', 'read-only');
    assert.deepEqual((await reader.ask('GET', `${T}/terms`)).body, { current: null, accepted: [], pending: false });
    await provider.ask('POST', '/api/v1/provider/terms', { title: texts('Terms'), text: texts('first') });
    await provider.ask('POST', '/api/v1/provider/terms', { title: texts('Terms'), text: texts('second') });
    const { body } = await reader.ask('GET', `${T}/terms`);
    assert.deepEqual([body.current.version, body.current.text.en, body.pending], [2, 'second', true]);
    assert.equal((await reader.ask('POST', `${T}/terms/accept`, { version: 2 })).status, 403);
    assert.equal((await provider.ask('POST', `${T}/terms/accept`, { version: 1 })).status, 409);
    const accepted = await provider.ask('POST', `${T}/terms/accept`, { version: 2 });
    assert.deepEqual([accepted.body.pending, accepted.body.accepted[0].by], [false, 'provider@example.com']);
    assert.equal((await other.admin.ask('GET', `${O}/terms`)).body.pending, true);
  });
});

describe('settings of a tenant', () => {
  it('the webhook’s secret is shown once and changes with the address', async () => {
    const set = (webhook: object) => provider.ask('PUT', `${T}/settings/webhook`, webhook);
    const first = await set({ url: 'https://siem.example.com/in' });
    assert.match(first.body.secret as string, /^[\w-]{43}$/);
    assert.equal((await set({ url: 'https://siem.example.com/in' })).body.secret, null);
    assert.notEqual((await set({ url: 'https://other.example.com/' })).body.secret, null);
    assert.ok(
      !JSON.stringify((await provider.ask('GET', `${T}/settings/webhook`)).body).includes(first.body.secret as string),
    );
    assert.equal((await set({ url: 'file:///etc/passwd' })).status, 400);
  });

  it('MG-7b: one page lists everything that anything is sent to, and what', async () => {
    const smtp = { host: 'mail.example.com', port: 587, security: 'starttls', user: null, from: 'av@example.com' };
    await provider.ask('PUT', '/api/v1/provider/settings/smtp', smtp);
    const { body } = await provider.ask('GET', `${T}/settings/destinations`);
    assert.deepEqual(body.destinations, [
      { kind: 'smtp', address: 'mail.example.com:587', setBy: 'provider', sent: ['mails'] },
      { kind: 'contact', address: 'en@first.example', setBy: 'tenant', sent: ['notices'] },
      { kind: 'contact', address: 'ja@first.example', setBy: 'tenant', sent: ['notices', 'alarms'] },
      {
        kind: 'webhook',
        address: 'https://other.example.com/',
        setBy: 'tenant',
        sent: ['detections', 'alarms', 'notices'],
      },
    ]);
  });

  it('MG-9b: the support contact of the provider is shown to every tenant', async () => {
    const support = { name: 'Help', email: 'help@example.com', phone: '+81 3', url: null, hours: '24/7' };
    const settings = (await provider.ask('GET', '/api/v1/provider/settings')).body;
    await provider.ask('PUT', '/api/v1/provider/settings', { ...settings, support });
    assert.deepEqual((await other.admin.ask('GET', `${O}/settings/support`)).body, { support });
  });

  it('a test message goes the way of every other', async () => {
    const before = (await mailsOf(tenantId)).length;
    assert.equal((await provider.ask('POST', `${T}/settings/contacts/test`)).status, 204);
    assert.equal((await mailsOf(tenantId)).length, before + 2);
  });
});
