// SPDX-License-Identifier: Apache-2.0
// Quarantine and detections by the API: what ingestion stored is found again, and what a person asks of a vault becomes commands.
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectionDetailSchema, detectionPageSchema, hashReportSchema, quarantinePageSchema } from '@lazaret/contract';
import { registerDetectionRoutes } from '../detections/index.ts';
import { applyBatch } from '../ingest/index.ts';
import { registerPoliciesRoutes } from '../policies/index.ts';
import { registerScanRoutes } from '../scans/index.ts';
import { testServer } from '../testing/test-server.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { zipEncrypted } from './archive.ts';
import { registerQuarantineRoutes } from './index.ts';

describe('detections and quarantine of a tenant', async () => {
  const { parts, tenantId, ask } = await testServer({ after }, (server, all) => {
    registerPoliciesRoutes(server, all);
    registerDetectionRoutes(server, all);
    registerScanRoutes(server, all);
    registerQuarantineRoutes(server, all);
  });
  const policies = await ask('admin', 'POST', '/policies', { document: { name: 'Web' } });
  assert.equal(policies.status, 201, JSON.stringify(policies.body));
  const policyId = policies.body.id as string;
  const vm = await addTestVm(parts, tenantId, 'web-03', { policy_id: policyId });
  const spool = testSpool(Date.now());
  const held = [
    spool.detection({ path: '/srv/a.com' }),
    spool.detection({ path: '/srv/b.com' }),
    spool.detection({ path: '/srv/c.com' }),
  ];
  const failed = spool.detection({
    path: '/srv/d.com',
    sha256: 'cd'.repeat(32),
    threats: [{ name: 'Web.Shell', kind: 'webshell', layers: [] }],
    action: {
      primary: { action: 'delete', result: 'failed' },
      secondary: { action: 'quarantine', result: 'copy-failed' },
      notify: true,
      decidedBy: '/scheduled/action',
    },
    notifyEvent: 'secondary-failed',
  });
  await parts.database.asTenant(tenantId, (tx) =>
    applyBatch({ ...vm, tx, now: new Date() }, { epoch: spool.epoch, after: 0, lines: [...held, failed] }, []),
  );
  const entryOf = (event: Record<string, unknown>): string =>
    (event['action'] as { quarantineId: string }).quarantineId;
  const list = async (query = '') =>
    quarantinePageSchema.parse((await ask('read-only', 'GET', `/quarantine${query}`)).body);

  it('MG-3: detections are found by every filter, and paged without a gap', async () => {
    const found = async (query: string): Promise<string[]> => {
      const { status, body } = await ask('read-only', 'GET', `/detections${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      return detectionPageSchema
        .parse(body)
        .items.map(({ path }) => path)
        .toSorted();
    };
    assert.equal((await found('')).length, 4);
    assert.deepEqual(await found('?failed=true'), ['/srv/d.com']);
    assert.deepEqual(await found('?kind=webshell'), ['/srv/d.com']);
    assert.deepEqual(await found('?q=B.COM'), ['/srv/b.com']);
    assert.deepEqual(await found('?result=quarantined&action=quarantine'), ['/srv/a.com', '/srv/b.com', '/srv/c.com']);
    assert.deepEqual(await found(`?vm=${parts.newId()}`), []);
    assert.deepEqual(await found('?to=2020-01-01T00:00:00Z'), []);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await ask('read-only', 'GET', `/detections?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = detectionPageSchema.parse(body);
      seen.push(...page.items.map(({ path }) => path));
      cursor = page.next;
    }
    assert.equal(new Set(seen).size, 4);
  });

  it('one detection tells its steps, and its hash who has it (MG-11)', async () => {
    const detail = detectionDetailSchema.parse(
      (await ask('read-only', 'GET', `/detections/${String(failed['id'])}`)).body,
    );
    assert.equal(detail.steps?.secondary?.result, 'copy-failed');
    assert.equal(detail.result, 'copy-failed');
    const report = hashReportSchema.parse((await ask('read-only', 'GET', `/hashes/${'ab'.repeat(32)}`)).body);
    assert.deepEqual([report.detections, report.vms[0]?.vm.name, report.vms[0]?.held], [3, 'web-03', 3]);
  });

  it('AC-8c: what vaults hold is listed with how long it is kept', async () => {
    const { items, usage, total } = await list();
    assert.deepEqual([total, usage.vms, usage.bytes], [3, 1, 3 * 68]);
    const [first] = items;
    const keptMs = Date.parse(first?.keptUntil ?? '') - Date.parse(first?.since ?? '');
    assert.equal(keptMs, 30 * 86_400_000);
    assert.equal((await list('?q=a.com')).total, 1);
  });

  it('AC-8f: a restore with an exception is a new revision of the policy, and waits for it on the VM', async () => {
    const entries = [{ vmId: vm.vmId, entry: entryOf(held[0] ?? {}) }];
    const exception = { reason: 'ours', expires: null };
    const { body } = await ask('operator', 'POST', '/quarantine/restore', { entries, exception });
    assert.equal(body.results[0].error, null, JSON.stringify(body));
    const policy = (await ask('read-only', 'GET', `/policies/${policyId}`)).body;
    assert.equal(policy.revision, 2);
    for (const kind of ['realtime', 'scheduled', 'manual'])
      assert.deepEqual(policy.document[kind].exceptions[0].match, { sha256: 'ab'.repeat(32) });
    const [command] = await parts.database.asTenant(tenantId, (tx) => tx.selectFrom('commands').selectAll().execute());
    assert.deepEqual(command?.precondition, { policyHash: policy.hash, entrySha256: 'ab'.repeat(32) });
    assert.equal((await list('?state=restoring')).total, 1);
    const again = await ask('operator', 'POST', '/quarantine/restore', { entries });
    assert.equal(again.body.results[0].error.code, 'api.conflict');
  });

  it('each entry of a bulk order has an answer of its own; reading is not enough to give one', async () => {
    const entries = [held[1], held[2]].map((event) => ({ vmId: vm.vmId, entry: entryOf(event ?? {}) }));
    const unknown = { vmId: parts.newId(), entry: 'nothing' };
    assert.equal((await ask('read-only', 'POST', '/quarantine/delete', { entries })).status, 403);
    const { body } = await ask('operator', 'POST', '/quarantine/delete', { entries: [...entries, unknown] });
    assert.deepEqual(
      body.results.map(({ error }: { error: { code: string } | null }) => error?.code ?? null),
      [null, null, 'api.not_found'],
    );
    assert.equal((await list('?state=deleting')).total, 2);
  });

  it("a download needs the password of a person: a program's token is not asked", async () => {
    const wanted = { vmId: vm.vmId, entry: entryOf(held[0] ?? {}), password: 'x' };
    assert.equal((await ask('operator', 'POST', '/quarantine/fetch', wanted)).status, 403);
    assert.equal((await ask('admin', 'POST', '/quarantine/fetch', wanted)).body.error.code, 'auth.failed');
    assert.equal((await ask('operator', 'PUT', '/settings/quarantine', { downloads: false })).status, 403);
    assert.equal((await ask('admin', 'PUT', '/settings/quarantine', { downloads: false })).status, 200);
    assert.deepEqual((await ask('read-only', 'GET', '/settings/quarantine')).body, { downloads: false });
  });

  it('SC-6e: a scan is asked for VM by VM, and what is still queued is withdrawn at once', async () => {
    const request = { vmIds: [vm.vmId, parts.newId()], kind: 'paths', paths: ['/srv'] };
    const { body } = await ask('operator', 'POST', '/scans', request);
    const [started, refused] = body.results;
    assert.deepEqual([started.error, refused.error.code], [null, 'api.not_found']);
    const cancelled = await ask('operator', 'POST', `/scans/${started.scanId}/cancel`);
    assert.equal(cancelled.body.state, 'cancelled');
    assert.equal((await ask('operator', 'POST', `/scans/${started.scanId}/pause`)).status, 409);
    assert.deepEqual((await ask('read-only', 'GET', '/scans?group=open')).body.items, []);
    assert.equal((await ask('read-only', 'GET', '/scans?group=ended')).body.total, 1);
  });
});

it('the archive is encrypted, and an independent program opens it with the password alone', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-zip-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const content = Buffer.from('some bytes of a file '.repeat(50_000));
  async function* parts(): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of zipEncrypted('sample.bin', parts())) chunks.push(Buffer.from(chunk as Uint8Array));
  const file = join(directory, 'a.zip');
  writeFileSync(file, Buffer.concat(chunks));
  assert.throws(() => execFileSync('7z', ['x', '-y', '-pwrong', `-o${directory}/wrong`, file], { stdio: 'ignore' }));
  execFileSync('7z', ['x', '-y', '-pinfected', `-o${directory}/right`, file], { stdio: 'ignore' });
  assert.ok(readFileSync(join(directory, 'right/sample.bin')).equals(content));
});
