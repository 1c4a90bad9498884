// SPDX-License-Identifier: Apache-2.0
// The service as its user has it: the manager's program and its API, an agent's process, and what happens when one of them dies.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eicar, freePort, fullSize, noise, seededRandom, testSeed, withinOnce } from '@lazaret/testkit';
import { until, type Product } from '../support/product.ts';
import type { Service } from '../support/service.ts';
import { policyFor, siteOf, vm, type Page } from '../support/site.ts';

interface DetectionView {
  readonly id: string;
  readonly path: string;
  readonly result: string;
  readonly time: string;
  readonly receivedAt: string;
  readonly quarantineEntry: string | null;
}

const detections = (service: Service, at = service.first): Promise<Page<DetectionView>> =>
  service.api<Page<DetectionView>>('GET', '/detections?limit=500', undefined, at);

async function scan(service: Service, vmId: string): Promise<string> {
  const { results } = await service.api<{ results: { scanId: string }[] }>('POST', '/scans', {
    vmIds: [vmId],
    kind: 'full',
  });
  return results[0]?.scanId ?? '';
}

const scanState = async (service: Service, id: string, at = service.first): Promise<string> =>
  (await service.api<{ state: string }>('GET', `/scans/${id}`, undefined, at)).state;

async function commandsDone(service: Service, vmId: string): Promise<boolean> {
  const { items } = await service.api<Page<{ state: string }>>('GET', `/vms/${vmId}/commands`);
  return items.every(({ state }) => state === 'done');
}

test('SC-6e, AC-8f, MG-1a: through the API alone – scan, detection within 5 s, restore with an exception as it was, scan again: not flagged', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  assert.equal((await vm(service, vmId)).link.state, 'online');
  const path = join(product.directory, 'eicar.com');
  writeFileSync(path, eicar());
  chmodSync(path, 0o640);
  utimesSync(path, 1_600_000_000, 1_500_000_000);
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', path]);
  const before = lstatSync(path);

  const first = await scan(service, vmId);
  await until(async () => (await scanState(service, first)) === 'done', 'the scan is done');
  await until(async () => (await detections(service)).total === 1, 'the detection is there');
  const [detection] = (await detections(service)).items;
  assert.equal(detection?.result, 'quarantined');
  assert.ok(!existsSync(path));

  const entries = [{ vmId, entry: detection.quarantineEntry ?? '' }];
  const exception = { reason: 'known', expires: null };
  await service.api('POST', '/quarantine/restore', { entries, exception });
  await until(() => Promise.resolve(existsSync(path)), 'the file is back');
  assert.ok(readFileSync(path).equals(eicar()));
  const after = lstatSync(path);
  assert.deepEqual([after.mode, after.uid, after.mtimeMs], [before.mode, before.uid, before.mtimeMs]);
  assert.match(execFileSync('getfattr', ['--absolute-names', '-n', 'user.note', path]).toString(), /user\.note="kept"/);

  await until(() => commandsDone(service, vmId), 'the result is told');
  const second = await scan(service, vmId);
  await until(async () => (await scanState(service, second)) === 'done', 'the second scan is done');
  assert.equal((await detections(service)).total, 1, 'it is not flagged again');
  assert.ok(existsSync(path));
  let [latest, turn] = [detection, 1];
  await withinOnce(5_000, async () => {
    const tookMs = Date.parse(latest.receivedAt) - Date.parse(latest.time);
    if (tookMs <= 5_000) return tookMs;
    const again = join(product.directory, `again-${++turn}.com`);
    // Other content: this one has an exception.
    writeFileSync(again, Buffer.concat([eicar(), Buffer.from('\n')]));
    await scan(service, vmId);
    const found = async () => (await detections(service)).items.find((one) => one.path === again);
    await until(async () => (await found()) !== undefined, 'the next detection is there');
    latest = (await found()) ?? latest;
    return Date.parse(latest.receivedAt) - Date.parse(latest.time);
  });
});

/** Every sequence that the agent has written, but for those that are still to be told. */
function spooled(product: Product): number[] {
  const lines = execFileSync('sh', ['-c', `cat ${join(product.state, 'spool')}/*.ndjson`], { maxBuffer: 1 << 28 });
  return lines
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
}

async function told(service: Service, vmId: string, at = service.first): Promise<number[]> {
  const sequences: number[] = [];
  let cursor = '';
  for (;;) {
    const path = `/vms/${vmId}/events?limit=500${cursor}`;
    const page = await service.api<Page<{ body: { sequence: number } }>>('GET', path, undefined, at);
    sequences.push(...page.items.map(({ body }) => body.sequence));
    if (page.next === null) return sequences.toSorted((left, right) => left - right);
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

const FILES = 400;

function plant(product: Product): void {
  for (let index = 0; index < FILES; index++) {
    const directory = join(product.directory, String(index % 10));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${index}.com`), eicar());
  }
}

test('MG-1a: the manager killed −9 again and again while it takes in what a scan finds: every event is there, none twice', async (t) => {
  const { service, product, vmId } = await siteOf(t, { action: { kind: 'custom', primary: 'pass' } });
  plant(product);
  const ports = { api: Number(new URL(service.first.url).port), link: service.first.linkPort };
  await scan(service, vmId);
  let manager = service.first;
  for (let kill = 0; kill < 3; kill++) {
    const before = (await detections(service, manager)).total;
    await until(async () => (await detections(service, manager)).total > before || before >= FILES, 'events come in');
    await manager.stop('SIGKILL');
    manager = await service.start(ports);
  }
  await until(async () => (await detections(service, manager)).total >= FILES, 'all detections are there', 180_000);
  await until(
    async () => (await told(service, vmId, manager)).length >= spooled(product).length,
    'all events are there',
  );
  const sequences = await told(service, vmId, manager);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
    'each once, none missing',
  );
  assert.equal((await detections(service, manager)).total, FILES);
});

test('MG-8a: two managers on one database; one is killed −9, and the agent goes on with the other within one poll', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const second = await service.start({ api: await freePort(), link: service.secondLinkPort });
  await service.first.stop('SIGKILL');
  const startedMs = performance.now();
  writeFileSync(join(product.directory, 'eicar.com'), eicar());
  const order = { vmIds: [vmId], kind: 'full' };
  const { results } = await service.api<{ results: { scanId: string }[] }>('POST', '/scans', order, second);
  await until(async () => (await scanState(service, results[0]?.scanId ?? '', second)) === 'done', 'the scan is done');
  await until(async () => (await detections(service, second)).total === 1, 'the detection is there');
  const tookMs = Math.round(performance.now() - startedMs);
  t.diagnostic(`${tookMs} ms from the kill to the detection at the other manager`);
  assert.ok(tookMs < 50_000, `${tookMs} ms`);
});

/** Stops the manager's own PostgreSQL as a shutdown would; the returned function starts it again as it was. */
async function stopDatabase(service: Service): Promise<() => Promise<void>> {
  const data = join(service.state, 'm/postgres');
  const options = readFileSync(join(data, 'postmaster.opts'), 'utf8').trim();
  const { uid, gid } = lstatSync(data);
  process.kill(service.postmasterPid(), 'SIGINT');
  await until(() => Promise.resolve(!existsSync(join(data, 'postmaster.pid'))), 'the database has ended');
  return async () => {
    spawn('sh', ['-c', `exec ${options}`], { uid, gid, stdio: 'ignore', detached: true }).unref();
    await until(() => Promise.resolve(existsSync(join(data, 'postmaster.pid'))), 'the database starts');
  };
}

const AWAY_MS = fullSize ? 60_000 : 20_000;

test('MG-8b: the database stopped while a scan finds things: no event is lost, none is there twice, and nobody has to do anything', async (t) => {
  const { service, product, vmId } = await siteOf(t, { action: { kind: 'custom', primary: 'pass' } });
  plant(product);
  await scan(service, vmId);
  await until(async () => (await detections(service)).total > 0, 'events come in');
  const startDatabase = await stopDatabase(service);
  const health = await fetch(`${service.first.url}/healthz`);
  assert.equal(health.status, 503);
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await startDatabase();
  const all = async (): Promise<boolean> => (await detections(service).catch(() => null))?.total === FILES;
  await until(all, 'all detections are there', 180_000);
  await until(async () => (await told(service, vmId)).length >= spooled(product).length, 'all events are there');
  const sequences = await told(service, vmId);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
  );
});

test('SC-9d: the agent killed −9 in the middle of a commanded scan: the scan goes on, is done once, and its result is told', async (t) => {
  const { service, product, agent, vmId } = await siteOf(t, { action: { kind: 'custom', primary: 'pass' } });
  plant(product);
  const id = await scan(service, vmId);
  await until(async () => (await detections(service)).total > 0, 'it is under way');
  await agent.stop('SIGKILL');
  await product.agent();
  await until(async () => (await scanState(service, id)) === 'done', 'the scan is done', 120_000);
  const { summary } = await service.api<{ summary: { files: number; infected: number } }>('GET', `/scans/${id}`);
  assert.deepEqual([summary.files, summary.infected], [FILES, FILES]);
  const { items } = await service.api<Page<{ id: string }>>('GET', '/scans');
  assert.deepEqual(
    items.map((one) => one.id),
    [id],
    'there was one run',
  );
  await until(() => commandsDone(service, vmId), 'the result is told');
});

test('a policy with a field of a newer version is applied as far as it is known, and the VM says which field is not', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const hash = await service.savePolicy({ ...(await policyFor(product)), version: 2, tomorrow: { enabled: true } });
  await until(async () => (await vm(service, vmId)).settings.applied?.hash === hash, 'the policy is applied');
  const { notApplied } = await service.api<{ notApplied: string[] }>('GET', `/vms/${vmId}`);
  assert.deepEqual(notApplied, ['/tomorrow']);
});

interface Explained {
  readonly state: string;
  readonly answers: readonly { readonly kind: string; readonly scanned: string; readonly decidedBy: string }[];
}

test('EX-3a: whether a path is scanned is answered by the VM itself, with the rule of the policy in force', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const answer = await service.api<Explained>('POST', '/explain', { vmId, path: join(product.directory, 'a.com') });
  assert.equal(answer.state, 'answered');
  const manual = answer.answers.find(({ kind }) => kind === 'manual');
  assert.equal(manual?.scanned, 'yes');
  assert.match(manual.decidedBy, /^\/manual\//);
});

interface StatusView {
  readonly manager: { readonly state: string } | null;
}

test('MG-1a: a VM that leaves is told apart from one that is retired; that one knows, and protects as before', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const status = async (): Promise<StatusView> =>
    JSON.parse((await product.lazaret('agent', 'status', '--json')).stdout) as StatusView;
  assert.equal((await product.lazaret('agent', 'deactivate')).code, 0);
  assert.equal((await vm(service, vmId)).link.state, 'retired');
  assert.equal((await status()).manager, null);
  const again = await product.activate(await service.token());
  const next = JSON.parse(again.stdout) as { vmId: string };
  assert.notEqual(next.vmId, vmId);
  await service.api('POST', `/vms/${next.vmId}/retire`, {});
  await until(async () => (await status()).manager?.state === 'retired', 'it knows that it was retired');
  const scanned = await product.scan(product.directory);
  assert.equal(scanned.summary.state, 'done');
});

interface SignatureView {
  readonly id: string;
  readonly state: string;
  readonly why: string | null;
}

test('PF-6e, PF-1f: a tenant’s own signature is checked by the engine, taken by the VM on command, and finds; a bad one is refused with why', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const add = (body: object): Promise<SignatureView> => service.api('POST', '/patterns/signatures', body);
  const marker = 'a marker that nobody else has';
  const hex = Buffer.from(marker).toString('hex');
  const good = await add({ kind: 'clamav', name: 'Example.Marker', body: `x:0:*:${hex}`, threatKind: 'webshell' });
  const bad = await add({ kind: 'yara', name: 'broken', body: 'rule broken { strings: condition }' });
  const greedy = await add({ kind: 'yara', name: 'greedy', body: 'rule greedy { condition: filesize > 0 }' });
  const find = async (id: string): Promise<SignatureView | undefined> => {
    const { items } = await service.api<{ items: SignatureView[] }>('GET', '/patterns/signatures');
    return items.find((one) => one.id === id);
  };
  await until(async () => (await find(greedy.id))?.state !== 'checking', 'all are checked', 120_000);
  assert.equal((await find(good.id))?.state, 'active', (await find(good.id))?.why ?? '');
  assert.equal((await find(bad.id))?.state, 'refused');
  assert.equal((await find(greedy.id))?.state, 'refused');
  assert.match((await find(greedy.id))?.why ?? '', /every system/);

  await service.api('POST', `/vms/${vmId}/commands`, { kind: 'update' });
  const { releases } = await service.api<{ releases: { id: string; state: string }[] }>('GET', '/patterns');
  const own = releases.find(({ id, state }) => state === 'active' && id.includes('-own-'))?.id;
  const has = async (): Promise<boolean> =>
    (await service.api<{ patterns: { release: string } }>('GET', `/vms/${vmId}`)).patterns.release === own;
  await until(has, 'the VM has the release', 120_000);
  writeFileSync(join(product.directory, 'page.txt'), `before ${marker} after\n`);
  await scan(service, vmId);
  await until(async () => (await detections(service)).total === 1, 'it is found');
  const [found] = (await service.api<Page<{ threat: string; kind: string }>>('GET', '/detections')).items;
  assert.match(found?.threat ?? '', /^Example\.Marker/);
  assert.equal(found?.kind, 'webshell');
});

interface FetchView {
  readonly id: string;
  readonly state: string;
  readonly archivePassword: string;
}

test('AC-8g: a held file is asked for with the password again, brought by its agent, and opens from an encrypted zip as it was; who did it is in the audit, and it can be switched off', async (t) => {
  const { service, product, vmId } = await siteOf(t);
  const outside = mkdtempSync(join(tmpdir(), 'lazaret-download-'));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  // Larger than one part of an upload, and nothing that packing could make small.
  const path = join(product.directory, 'süß 検疫.zip');
  writeFileSync(join(outside, 'eicar.com'), eicar());
  t.diagnostic(`seed: ${testSeed}`);
  writeFileSync(join(outside, 'noise'), noise(3 * 1024 * 1024 + 17, seededRandom(testSeed)));
  execFileSync('zip', ['-q', '-0', '-j', path, join(outside, 'eicar.com'), join(outside, 'noise')]);
  const before = readFileSync(path);
  await scan(service, vmId);
  await until(async () => (await detections(service)).total === 1, 'the detection is there');
  const entry = (await detections(service)).items[0]?.quarantineEntry ?? '';
  await until(() => Promise.resolve(!existsSync(path)), 'the file is gone');

  const order = { vmId, entry, password: service.password };
  await assert.rejects(service.api('POST', '/quarantine/fetch', { ...order, password: 'not mine' }), /auth\.failed/);
  await service.api('PUT', '/settings/quarantine', { downloads: false });
  await assert.rejects(service.api('POST', '/quarantine/fetch', order), /quarantine\.downloads_off/);
  await service.api('PUT', '/settings/quarantine', { downloads: true });
  const { id, archivePassword } = await service.api<FetchView>('POST', '/quarantine/fetch', order);
  const state = async (): Promise<string> => (await service.api<FetchView>('GET', `/quarantine/fetches/${id}`)).state;
  await until(async () => (await state()) === 'ready', 'the file is brought');

  const { bytes, headers } = await service.download(`/quarantine/fetches/${id}/archive`);
  assert.equal(headers.get('content-type'), 'application/zip');
  assert.match(headers.get('content-disposition') ?? '', /^attachment; filename=".*\.zip"$/);
  assert.ok(!bytes.includes(before.subarray(0, 64)), 'not as it is');
  const archive = join(outside, 'download.zip');
  writeFileSync(archive, bytes);
  const unpack = (password: string) =>
    execFileSync('7z', ['x', '-y', `-p${password}`, `-o${outside}/out`, archive], { stdio: 'ignore' }); // prettier-ignore
  assert.throws(() => unpack('wrong'));
  rmSync(join(outside, 'out'), { recursive: true, force: true });
  unpack(archivePassword);
  assert.deepEqual(readdirSync(join(outside, 'out')), ['süß 検疫.zip']);
  assert.ok(readFileSync(join(outside, 'out/süß 検疫.zip')).equals(before), 'the same bytes');

  const held = await service.api<Page<{ state: string }>>('GET', '/quarantine');
  assert.deepEqual(
    held.items.map((one) => one.state),
    ['held'],
    'it is held as before',
  );
  const { items } = await service.api<Page<{ action: string; actor: { name: string } }>>('GET', '/audit');
  for (const action of ['quarantine.fetch', 'quarantine.download'])
    assert.equal(items.filter((one) => one.action === action).length, 1, action);
  await service.api('PUT', '/settings/quarantine', { downloads: false });
  await assert.rejects(service.download(`/quarantine/fetches/${id}/archive`), /quarantine\.downloads_off/);
});
