// SPDX-License-Identifier: Apache-2.0
// What a disk without room, or one that takes nothing, does to releases: a code that says what and where, the active release as it was, and nothing half-made.
// The disk is a small tmpfs in a mount namespace of the test's own.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureBytes, releaseIdOf } from '@lazaret/patterns';
import { manualClock, PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import type { Engine } from '../engine/index.ts';
import { readablePatterns } from './readable-patterns.ts';
import { releaseLoader } from './release-loader.ts';
import { releaseStore, type ReleaseStore } from './release-store.ts';

const NOW = '2027-03-01T00:00:00.000Z';
const SMALL = Buffer.from('Own.Marker:0:*:6f776e\n');
const LARGE = Buffer.alloc(300 * 1024, 'x');

interface Disk {
  readonly mounts: PrivateMounts;
  readonly patterns: string;
  readonly store: ReleaseStore;
  /** A directory elsewhere, with pattern files of these contents. */
  readonly source: (files: Readonly<Record<string, Buffer>>) => string;
  /** What lies under `patterns`, but for the active release. */
  readonly leftovers: () => readonly string[];
}

/** 256 KiB, with a small release active. */
async function smallDisk(t: TestContext): Promise<Disk> {
  const mounts = await PrivateMounts.open('mkdir disk; mount -t tmpfs -o size=256k,mode=755 none disk');
  t.after(() => mounts.close());
  const elsewhere = temporaryDirectory(t);
  const patterns = mounts.path('disk', 'patterns');
  const store = releaseStore(patterns);
  let made = 0;
  const source = (files: Readonly<Record<string, Buffer>>): string => {
    const directory = join(elsewhere, `source-${made++}`);
    mkdirSync(directory);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes);
    return directory;
  };
  const first = await store.importFrom({ directories: [source({ 'a.ndb': SMALL })], label: 'first' }, NOW);
  store.activate(first);
  const known = new Set(['active', 'releases', first.manifest.id, 'a.ndb', 'manifest.json']);
  const leftovers = () =>
    readdirSync(patterns, { recursive: true, encoding: 'utf8' }).filter(
      (path) => !known.has(path.split('/').at(-1) ?? ''),
    );
  return { mounts, patterns, store, source, leftovers };
}

const refusal = (where: string, errno: string) => ({
  code: 'patterns.write_failed',
  where,
  message: new RegExp(`^${where.replaceAll(/[.*+?^$()|]/g, '\\$&')} cannot be written: .* \\(${errno}\\)\\.$`),
});

test('a release for which the disk has no room is refused with its place and the reason; the active one stays, and nothing of the new one', async (t) => {
  const { store, source, leftovers, patterns } = await smallDisk(t);
  const active = store.active();
  const given = source({ 'b.ndb': SMALL, 'c.ndb': LARGE });
  const staged = join(patterns, 'releases', `.incoming-${process.pid}`);
  await assert.rejects(
    store.importFrom({ directories: [given], label: 'large' }, NOW),
    refusal(join(staged, 'c.ndb'), 'ENOSPC'),
  );
  assert.deepEqual(store.active(), active);
  assert.deepEqual(leftovers(), []);
  const fits = await store.importFrom({ directories: [source({ 'b.ndb': SMALL })], label: 'fits' }, NOW);
  await store.verify(fits);
});

test('a disk that is read-only is told so, and keeps what it has', async (t) => {
  const { mounts, store, source, leftovers, patterns } = await smallDisk(t);
  const active = store.active();
  mounts.shell('mount -o remount,ro disk');
  const staged = join(patterns, 'releases', `.incoming-${process.pid}`);
  await assert.rejects(
    store.importFrom({ directories: [source({ 'b.ndb': SMALL })], label: 'x' }, NOW),
    refusal(staged, 'EROFS'),
  );
  assert.deepEqual([store.active(), leftovers()], [active, []]);
});

/** Fills the disk but for less than a page. */
function fill({ mounts }: Disk): string {
  const path = mounts.path('disk', 'ballast');
  try {
    for (let at = 0; ; at++) writeFileSync(path, Buffer.alloc(4096), { flag: 'a' });
  } catch {
    return path;
  }
}

test('what a manager brought and cannot be entered leaves the active release in force', async (t) => {
  const disk = await smallDisk(t);
  const { store, patterns } = disk;
  const brought = join(patterns, '.download');
  mkdirSync(brought);
  writeFileSync(join(brought, 'm.ndb'), SMALL);
  const files = [{ name: 'm.ndb', ...measureBytes(SMALL) }];
  const offered = { id: releaseIdOf('set', files), source: 'the manager', createdAt: NOW, files };
  const active = store.active();
  const ballast = fill(disk);
  await assert.rejects(store.adopt(offered, brought), { code: 'patterns.write_failed', message: /\(ENOSPC\)\.$/ });
  assert.deepEqual(store.active(), active);
  assert.deepEqual(
    store.list().map(({ manifest }) => manifest.id),
    [active?.manifest.id],
  );
  rmSync(ballast);
  assert.equal((await store.adopt(offered, brought)).manifest.id, offered.id);
});

/** Takes every release, and fills the disk while it does where the test says so. */
function engineOf(loaded: string[], meanwhile: { do: () => void }): Engine {
  const never = (): never => assert.fail('not asked here');
  const load: Engine['load'] = async ({ directory }) => {
    loaded.push(directory);
    meanwhile.do();
    return { release: directory, signatures: 1, yaraRules: 0, pid: 1, workerPids: [], workerDeaths: 0, sandbox: null };
  };
  return { scan: never, status: never, profileBytes: never, close: never, load };
}

function loaderOn(disk: Disk, loaded: string[], meanwhile: { do: () => void }) {
  const starter = disk.source({ 'eicar.yar': SMALL });
  return releaseLoader({
    store: disk.store,
    engine: engineOf(loaded, meanwhile),
    clock: manualClock(Date.parse(NOW)),
    starter,
    clamavDatabase: join(starter, 'nowhere'),
    stampFile: join(disk.patterns, 'default-sources'),
    onProblem: () => {},
  });
}

test('PF-4c: a release that was loaded and cannot be recorded goes out of force again: the engine has what the store calls active', async (t) => {
  const disk = await smallDisk(t);
  const { store, source } = disk;
  const loaded: string[] = [];
  const meanwhile = { do: () => {} };
  const loader = loaderOn(disk, loaded, meanwhile);
  const active = store.active();
  let ballast = '';
  meanwhile.do = () => {
    meanwhile.do = () => {};
    ballast = fill(disk);
  };
  await assert.rejects(loader.load(source({ 'b.ndb': SMALL })), { code: 'patterns.write_failed' });
  assert.equal(store.active()?.manifest.id, active?.manifest.id);
  assert.equal(loaded.at(-1), active?.directory);
  assert.equal(loaded.length, 2);
  assert.deepEqual(disk.leftovers(), []);
  rmSync(ballast);
  await loader.load(source({ 'b.ndb': SMALL }));
});

test('PF-4c: a database for which there was no room is not refused for good: it is tried again at the next look', async (t) => {
  const disk = await smallDisk(t);
  const { mounts, store, source } = disk;
  const loaded: string[] = [];
  const sources = {
    starter: source({ 'eicar.yar': SMALL }),
    clamavDatabase: source({ 'daily.ndb': LARGE }),
    stampFile: join(disk.patterns, 'default-sources'),
  };
  const engine = engineOf(loaded, { do: () => {} });
  const problems: string[] = [];
  const clock = manualClock(Date.parse(NOW));
  const loader = releaseLoader({ store, engine, clock, ...sources, onProblem: ({ code }) => problems.push(code) });
  rmSync(join(disk.patterns, 'active'));
  assert.match((await loader.loadActive()).manifest.id, /^starter-/, 'the starter set protects meanwhile');
  await assert.rejects(loader.refresh(), { code: 'patterns.write_failed' });
  mounts.shell('mount -o remount,size=2m disk');
  assert.match((await loader.refresh()).manifest.id, /^starter\.clamav-/);
  assert.deepEqual(new Set(problems), new Set(['patterns.write_failed']));
});

test('the copy for one scan, too, is refused with its place, and does not stay half-made', async (t) => {
  const { source, mounts } = await smallDisk(t);
  const given = source({ 'a.ndb': SMALL, 'c.ndb': LARGE });
  writeFileSync(join(given, 'b.ndb'), SMALL, { mode: 0o600 });
  const copy = mounts.path('disk', 'copy');
  assert.throws(() => readablePatterns(given, copy), refusal(join(copy, 'c.ndb'), 'ENOSPC'));
  assert.ok(!readdirSync(mounts.path('disk')).includes('copy'));
});
