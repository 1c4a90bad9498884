// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { canonicalJson } from '@lazaret/contract';
import { defaultPolicy } from '@lazaret/core';
import { testManager } from '../testing/test-manager.ts';
import { desiredPolicy, ensureDefaultPolicy, readPolicyDocument } from './index.ts';

const manager = await testManager({ after });
const { provider, tenantId, parts } = manager;
const T = `/api/v1/tenants/${tenantId}`;
const scanAt = (at: string) => ({ scheduled: { schedule: { kind: 'daily', at, every: 'day' } } });
const create = (document: object) => provider.ask('POST', `${T}/policies`, { document });

describe('policies', () => {
  it('a tenant has a default policy from the start, once, also when it is asked for at the same moment', async () => {
    const asked = await Promise.all([1, 2, 3].map(() => provider.ask('GET', `${T}/policies`)));
    for (const { body } of asked) assert.deepEqual([body.total, body.items[0].isDefault], [1, true]);
  });

  it('a document is stored whole, by the hash of its canonical text, and never changes', async () => {
    const { status, body } = await create({ name: 'web', version: 2, unknownField: { kept: true } });
    assert.equal(status, 201);
    const text = canonicalJson(body.document);
    assert.equal(body.hash, createHash('sha256').update(text).digest('hex'));
    assert.deepEqual(
      body.notApplied.map(({ path }: { path: string }) => path),
      ['/unknownField'],
    );
    assert.deepEqual(body.document.vault, defaultPolicy.vault);
    const stored = await parts.database.asTenant(tenantId, (tx) => readPolicyDocument(tx, body.hash as string));
    assert.equal(stored, text);
    await assert.rejects(
      parts.database.asTenant(tenantId, (tx) => tx.updateTable('policy_documents').set({ document: '{}' }).execute()),
      /permission denied/,
    );
  });

  it('an unknown field is refused with the nearest known one, unless the policy held it before', async () => {
    const refused = await create({ name: 'typo', manul: { load: 'low' } });
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.body.error.faults, [
      {
        code: 'policy.unknown_field',
        path: '/document/manul',
        message: 'This field is not known: did you mean "manual"?',
      },
    ]);
    const { body } = await create({ name: 'newer', version: 2, tomorrow: 1 });
    const again = { ...body.document, version: 1 };
    const change = (document: object) => provider.ask('PUT', `${T}/policies/${body.id}`, { document });
    assert.equal((await change(again)).status, 200);
    assert.equal((await change({ ...again, direktories: {} })).status, 400);
  });

  it('every fault of a bad document comes at once, each with its code and pointer', async () => {
    const bad = {
      scheduled: {
        schedule: { kind: 'daily', at: '00:30', every: 'day' },
        action: { kind: 'custom', primary: 'deny' },
      },
      vault: { retentionDays: -1 },
      manual: { files: { kind: 'nonsense' } },
    };
    const { status, body } = await create({ name: 'bad', ...bad });
    assert.equal(status, 400);
    const found = body.error.faults.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`);
    assert.deepEqual(found.toSorted(), [
      'action.deny_needs_realtime /document/scheduled/action/primary',
      'limits.out_of_range /document/vault/retentionDays',
      'policy.invalid /document/manual/files/kind',
      'schedule.start_window /document/scheduled/schedule/at',
    ]);
    const checked = await provider.ask('POST', `${T}/policies/check`, { document: bad });
    assert.equal(checked.body.faults.length, 4);
    assert.equal(checked.body.document, null);
  });

  it('a change is a revision; history, diff, and a stale edit refused', async () => {
    const { body: first } = await create({ name: 'revised', ...scanAt('03:00') });
    const path = `${T}/policies/${first.id}`;
    const edited = { ...first.document, scheduled: { ...first.document.scheduled, load: 'low' } };
    const { body: second } = await provider.ask('PUT', path, { document: edited, comment: 'gently', basedOn: 1 });
    assert.equal(second.revision, 2);
    const same = await provider.ask('PUT', path, { document: edited });
    assert.equal(same.body.revision, 2, 'nothing changed, no revision');
    assert.equal((await provider.ask('PUT', path, { document: first.document, basedOn: 1 })).status, 409);
    const history = await provider.ask('GET', `${path}/revisions`);
    assert.deepEqual(
      history.body.items.map(({ revision, comment }: { revision: number; comment: string }) => [revision, comment]),
      [
        [2, 'gently'],
        [1, null],
      ],
    );
    const diff = await provider.ask('GET', `${path}/revisions/2/diff?against=1`);
    assert.deepEqual(diff.body.changes, [{ kind: 'changed', path: '/scheduled/load', before: 'medium', after: 'low' }]);
    const old = await provider.ask('GET', `${path}/revisions/1`);
    assert.deepEqual(old.body.document, first.document);
  });

  it('MG-2e: each change of a policy stands in the audit, with what changed and by whom', async () => {
    const { body: first } = await create({ name: 'audited' });
    const path = `${T}/policies/${first.id}`;
    await provider.ask('PUT', path, { document: { ...first.document, scheduled: { load: 'low' } } });
    await provider.ask('POST', `${path}/make-default`);
    const { body } = await provider.ask('GET', `${T}/audit?limit=500`);
    const lines = body.items.filter(({ subject }: { subject: string }) => subject === `policy:${first.id}`);
    assert.deepEqual(lines.map(({ action }: { action: string }) => action).toSorted(), [
      'policies.create',
      'policies.make_default',
      'policies.update',
    ]);
    const update = lines.find(({ action }: { action: string }) => action === 'policies.update');
    assert.deepEqual(
      update.after.changes.map(({ path: place }: { path: string }) => place),
      ['/scheduled/load'],
    );
    assert.notEqual(update.actor.name, '');
  });

  it('two who save at the same moment both get a revision, or one is told', async () => {
    const { body } = await create({ name: 'contended' });
    const save = (load: string) =>
      provider.ask('PUT', `${T}/policies/${body.id}`, { basedOn: 1, document: { ...body.document, manual: { load } } });
    const saved = await Promise.all(['low', 'medium'].map(save));
    assert.deepEqual(saved.map(({ status }) => String(status)).toSorted(), ['200', '409']);
  });

  it('a policy in use and the default are not deleted; a name is taken once', async () => {
    const { body } = await create({ name: 'used' });
    assert.equal((await create({ name: 'USED' })).status, 409);
    const group = await provider.ask('POST', `${T}/groups`, { name: 'g', policyId: body.id });
    assert.equal((await provider.ask('DELETE', `${T}/policies/${body.id}`)).status, 409);
    await provider.ask('PUT', `${T}/groups/${group.body.id}`, { name: 'g', policyId: null });
    assert.equal((await provider.ask('DELETE', `${T}/policies/${body.id}`)).status, 204);
    const { body: fresh } = await create({ name: 'used' });
    assert.equal((await provider.ask('POST', `${T}/policies/${fresh.id}/make-default`)).body.isDefault, true);
    assert.equal((await provider.ask('DELETE', `${T}/policies/${fresh.id}`)).status, 409);
  });

  it('a VM has its own policy, else that of its group, else the default', async () => {
    const { body: own } = await create({ name: 'own' });
    const { body: ofGroup } = await create({ name: 'of the group' });
    const { body: group } = await provider.ask('POST', `${T}/groups`, { name: 'grouped', policyId: ofGroup.id });
    await parts.database.asTenant(tenantId, async (tx) => {
      const standard = await ensureDefaultPolicy(tx, tenantId, parts.newId);
      const wanted = async (policyId: string | null, groupId: string | null) =>
        (await desiredPolicy(tx, tenantId, { policyId, groupId }, parts.newId)).policyId;
      assert.equal(await wanted(own.id as string, group.id as string), own.id);
      assert.equal(await wanted(null, group.id as string), ofGroup.id);
      assert.equal(await wanted(null, null), standard);
    });
  });
});

describe('the refused start window', () => {
  const refused = (answer: { body: { error: { faults: { code: string; message: string }[] } } }) =>
    answer.body.error.faults[0];

  it('SC-5a: API, copy and the editor’s own question refuse 00:01–00:59, and name the allowed times', async () => {
    for (const at of ['00:01', '00:30', '00:59']) {
      const fault = refused(await create({ name: `at ${at}`, ...scanAt(at) }));
      assert.equal(fault?.code, 'schedule.start_window');
      assert.match(fault?.message ?? '', /00:00.*01:00/);
      const asked = { schedule: scanAt(at).scheduled.schedule, for: 'scan' };
      assert.equal(refused(await provider.ask('POST', `${T}/schedules/next`, asked))?.code, 'schedule.start_window');
    }
    for (const at of ['00:00', '01:00']) assert.equal((await create({ name: `at ${at}`, ...scanAt(at) })).status, 201);
  });

  it('SC-5d: the provider lifts it, and a copy made after it stands again is refused', async () => {
    const settings = (await provider.ask('GET', '/api/v1/provider/settings')).body;
    await provider.ask('PUT', '/api/v1/provider/settings', { ...settings, startWindow: 'lifted' });
    const { body, status } = await create({ name: 'early', ...scanAt('00:30') });
    assert.equal(status, 201);
    await provider.ask('PUT', '/api/v1/provider/settings', settings);
    const copy = await provider.ask('POST', `${T}/policies`, { copyOf: body.id, name: 'early again' });
    assert.equal(refused(copy)?.code, 'schedule.start_window');
  });

  it('SC-5c: pattern updates are free of it', async () => {
    const schedule = { kind: 'daily', at: '00:30', every: 'day' };
    const { body, status } = await provider.ask('POST', `${T}/schedules/next`, {
      schedule,
      for: 'update',
      zone: 'Europe/Berlin',
      after: '2026-11-25T00:00:00Z',
    });
    assert.equal(status, 200);
    assert.equal(body.next[0], '2026-11-25T23:30:00.000Z');
    assert.equal(body.refusedWindow, null);
  });

  it('SC-7c: the editor asks for the next five runs in the VM’s zone, real-time for its edges', async () => {
    const asked = { for: 'scan', zone: 'Asia/Tokyo', after: '2026-11-25T00:00:00Z', ...scanAt('02:00').scheduled };
    const { body } = await provider.ask('POST', `${T}/schedules/next`, asked);
    assert.equal(body.next.length, 5);
    assert.equal(body.next[0], '2026-11-25T17:00:00.000Z');
    assert.deepEqual(body.refusedWindow, { from: '00:01', to: '00:59' });
    const week = { kind: 'week', ranges: [{ day: 'monday', from: '08:00', to: '18:00' }] };
    const edges = await provider.ask('POST', `${T}/schedules/next`, {
      for: 'realtime',
      schedule: week,
      after: '2026-11-25T00:00:00Z',
      count: 2,
    });
    assert.deepEqual(edges.body.edges, [
      { at: '2026-11-30T08:00:00.000Z', kind: 'start' },
      { at: '2026-11-30T18:00:00.000Z', kind: 'end' },
    ]);
  });
});

describe('exceptions', () => {
  it('EX-1a: one view over all policies; adding and removing is a revision of the policy, with author and reason', async () => {
    const { body: policy } = await create({ name: 'with exceptions' });
    const asked = {
      policyId: policy.id,
      kinds: ['realtime', 'manual'],
      match: { directory: '/srv/db' },
      reason: 'database',
    };
    assert.equal((await provider.ask('POST', `${T}/exceptions`, asked)).status, 204);
    const list = await provider.ask('GET', `${T}/exceptions?policy=${policy.id}`);
    assert.deepEqual(
      list.body.items.map(({ kind, author, reason }: Record<string, string>) => [kind, author, reason]),
      [
        ['realtime', 'provider@example.com', 'database'],
        ['manual', 'provider@example.com', 'database'],
      ],
    );
    const bad = await provider.ask('POST', `${T}/exceptions`, { ...asked, match: { directory: 'not/absolute' } });
    assert.equal(bad.body.error.faults[0].code, 'exceptions.relative');
    assert.equal((await provider.ask('DELETE', `${T}/exceptions/${list.body.items[0].id}`)).status, 204);
    const left = await provider.ask('GET', `${T}/exceptions?policy=${policy.id}`);
    assert.equal(left.body.total, 1);
    assert.equal((await provider.ask('GET', `${T}/policies/${policy.id}`)).body.revision, 3);
  });
});

describe('provider settings', () => {
  it('the password of the mail server is stored sealed and never shown', async () => {
    const smtp = {
      host: 'mail.example.com',
      port: 587,
      security: 'starttls',
      user: 'u',
      from: 'av@example.com',
      password: 'mail secret',
    };
    const { body } = await provider.ask('PUT', '/api/v1/provider/settings/smtp', smtp);
    assert.equal(body.smtp.passwordSet, true);
    assert.ok(!JSON.stringify(body).includes('mail secret'));
    const rows = await parts.database.asIdentity((tx) => tx.selectFrom('installation').selectAll().execute());
    assert.ok(!JSON.stringify(rows).includes('mail secret'));
    const { readSmtp } = await import('../provider-settings/index.ts');
    assert.equal((await readSmtp(parts))?.password, 'mail secret');
    await provider.ask('PUT', '/api/v1/provider/settings/smtp', { ...smtp, port: 465, password: undefined });
    assert.equal((await readSmtp(parts))?.password, 'mail secret', 'it stays when it is not sent');
  });
});
