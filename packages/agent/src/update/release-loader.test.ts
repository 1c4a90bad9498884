// SPDX-License-Identifier: Apache-2.0
// In which order store and engine are asked, and what stays in force when one of them refuses. The engine is a stand-in
// (test-bench.ts).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { measureBytes, releaseIdOf } from '@lazaret/patterns';
import { bench, hasCode } from './test-bench.ts';

test('PF-4a: a release is loaded with canaries, EICAR and the number of its signatures before it is called active', async (t) => {
  const { loader, loads, store, source } = bench(t);
  await loader.loadActive();
  const release = await loader.load(source('own', 'good'));
  assert.equal(store.active()?.manifest.id, release.manifest.id);
  assert.deepEqual(release.manifest.loaded, { clamav: 2, yara: 1 });
  await loader.loadActive();
  for (const { canaries, requireEicar } of loads) {
    assert.ok(canaries.length > 10);
    assert.ok(requireEicar);
  }
  assert.deepEqual(
    loads.map(({ expectedSignatures }) => expectedSignatures),
    [null, null, 3],
  );
});

test('PF-4c: a refused release changes nothing, however it is refused', async (t) => {
  const { loader, store, source } = bench(t);
  const before = await loader.loadActive();
  await assert.rejects(loader.load(source('bad', 'refuse')), hasCode('patterns.canary_detected'));
  await assert.rejects(loader.load('/nowhere'), hasCode('path.not_found'));
  assert.equal(store.active()?.manifest.id, before.manifest.id);
  assert.equal(store.previous(), null);
  await assert.rejects(loader.rollback(), {
    code: 'patterns.no_previous',
    message: 'There is no previous pattern release.',
  });
});

test('PF-4d: one step goes back, and forward again; a way back that the engine refuses leaves the new one', async (t) => {
  const { loader, store, source } = bench(t);
  const starter = await loader.loadActive();
  const own = await loader.load(source('own', 'good'));
  assert.equal((await loader.rollback()).manifest.id, starter.manifest.id);
  assert.equal((await loader.rollback()).manifest.id, own.manifest.id);
  writeFileSync(join(starter.directory, 'eicar.yar'), 'damaged');
  await assert.rejects(loader.rollback(), hasCode('patterns.damaged'));
  assert.equal(store.active()?.manifest.id, own.manifest.id);
});

test('PF-4d: no look undoes a way back: to what a person loaded never, to an older release of the default sources until they change', async (t) => {
  const { loader, store, clamav, source } = bench(t);
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'old');
  const old = await loader.loadActive();
  writeFileSync(join(clamav, 'daily.ndb'), 'newer');
  await loader.refresh();
  await loader.rollback();
  assert.equal((await loader.refresh()).manifest.id, old.manifest.id, 'at a look');
  assert.equal((await loader.loadActive()).manifest.id, old.manifest.id, 'at a start');
  writeFileSync(join(clamav, 'daily.ndb'), 'newest');
  assert.notEqual((await loader.refresh()).manifest.id, old.manifest.id, 'once they change');
  const own = await loader.load(source('own', 'good'));
  await loader.rollback();
  await loader.rollback();
  writeFileSync(join(clamav, 'daily.ndb'), 'and more');
  assert.equal((await loader.refresh()).manifest.id, own.manifest.id);
  assert.equal(store.active()?.manifest.id, own.manifest.id);
});

test('PF-1e: a look finds nothing new, or takes what has changed at the default sources', async (t) => {
  const { loader, loads, store, starter, clamav, source } = bench(t);
  const first = await loader.loadActive();
  assert.match(first.manifest.id, /^starter-/);
  assert.equal((await loader.refresh()).manifest.id, first.manifest.id);
  assert.equal(loads.length, 1, 'nothing new: nothing is loaded');
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'good');
  const second = await loader.refresh();
  assert.match(second.manifest.id, /^starter\.clamav-/);
  assert.equal(store.previous()?.manifest.id, first.manifest.id);
  writeFileSync(join(starter, 'more.yar'), 'rule');
  assert.notEqual((await loader.refresh()).manifest.id, second.manifest.id);
  const own = await loader.load(source('own', 'good'));
  writeFileSync(join(starter, 'more.yar'), 'other rule');
  assert.equal((await loader.refresh()).manifest.id, own.manifest.id, 'what a person loaded stays');
});

test('PF-4c: a ClamAV database that is refused is told at every look until it is another, and is tried once; the starter set protects', async (t) => {
  const { loader, loads, problems, store, clamav } = bench(t);
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'refuse');
  assert.match((await loader.loadActive()).manifest.id, /^starter-/);
  assert.deepEqual(problems, ['patterns.canary_detected']);
  const tries = loads.length;
  for (let look = 0; look < 2; look++) await assert.rejects(loader.refresh(), hasCode('patterns.canary_detected'));
  assert.equal(loads.length, tries, 'the same database is not tried at every look');
  assert.match(store.active()?.manifest.id ?? '', /^starter-/);
  writeFileSync(join(clamav, 'daily.ndb'), 'good, at last');
  assert.match((await loader.refresh()).manifest.id, /^starter\.clamav-/);
  assert.match((await loader.refresh()).manifest.id, /^starter\.clamav-/, 'a look that goes well ends it');
});

for (const [what, code] of [
  ['down', 'scanner.down'],
  ['busy', 'patterns.load_in_progress'],
] as const)
  test(`PF-4c: a ClamAV database that could not be tried (${code}) is not refused: it is tried at the next look, also where it was taken before`, async (t) => {
    const { loader, scanner, problems, clamav } = bench(t);
    const starter = await loader.loadActive();
    mkdirSync(clamav);
    writeFileSync(join(clamav, 'daily.ndb'), what);
    await assert.rejects(loader.refresh(), hasCode(code));
    await assert.rejects(loader.refresh(), hasCode(code), 'and told, as long as it lasts');
    scanner.isWell = true;
    const taken = await loader.refresh();
    assert.match(taken.manifest.id, /^starter\.clamav-/);
    scanner.isWell = false;
    assert.equal(
      (await loader.loadActive()).manifest.id,
      starter.manifest.id,
      'at a start what can be loaded protects',
    );
    scanner.isWell = true;
    assert.equal((await loader.refresh()).manifest.id, taken.manifest.id);
    assert.ok(
      problems.every((one) => one === code),
      problems.join(' '),
    );
  });

test('PF-4c: a new ClamAV database that is refused takes the one before away neither at a look nor at a start; one that is removed does', async (t) => {
  const { loader, loads, problems, store, starter, clamav } = bench(t);
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'good');
  const before = await loader.loadActive();
  writeFileSync(join(clamav, 'daily.ndb'), 'refuse');
  const tries = loads.length;
  await assert.rejects(loader.refresh(), hasCode('patterns.canary_detected'));
  assert.equal(loads.length, tries + 1, 'what the engine has is not loaded once more');
  assert.equal(store.active()?.manifest.id, before.manifest.id);
  writeFileSync(join(starter, 'more.yar'), 'rule');
  assert.equal((await loader.loadActive()).manifest.id, before.manifest.id, 'news at a start');
  assert.equal(loads.at(-1)?.directory, before.directory, 'the engine has what the store calls active');
  assert.equal((await loader.loadActive()).manifest.id, before.manifest.id, 'no news at a start');
  await assert.rejects(loader.refresh(), hasCode('patterns.canary_detected'), 'told after a start too');
  assert.deepEqual(problems, ['patterns.canary_detected', 'patterns.canary_detected']);
  rmSync(clamav, { recursive: true });
  assert.match((await loader.refresh()).manifest.id, /^starter-/);
});

test('PF-4c: an active release that is damaged is told at the start, and does not leave the VM without patterns', async (t) => {
  const { loader, problems, store, source, starter } = bench(t);
  const first = await loader.loadActive();
  truncateSync(join(first.directory, 'eicar.yar'), 1);
  assert.equal((await loader.loadActive()).manifest.id, first.manifest.id, 'made anew of its sources');
  assert.deepEqual(problems, ['patterns.damaged']);
  await store.verify(first);
  const own = await loader.load(source('own', 'good'));
  truncateSync(join(own.directory, 'own.ndb'), 1);
  assert.equal((await loader.loadActive()).manifest.id, first.manifest.id, 'the one before');
  assert.equal(store.active()?.manifest.id, first.manifest.id, 'store and engine agree');
  const again = await loader.load(join(starter, '../own'));
  for (const release of [again, first]) rmSync(join(release.directory, 'eicar.yar'));
  assert.match((await loader.loadActive()).manifest.id, /^starter-/, 'or the default sources');
  assert.deepEqual(problems, ['patterns.damaged', 'patterns.damaged', 'patterns.damaged', 'patterns.damaged']);
});

test('files that the engine does not take stay away where a person says so, each with its reason, and no others', async (t) => {
  const { loader, loads, source, store } = bench(t);
  const starter = await loader.loadActive();
  const given = source('own', 'good');
  for (const name of ['bad.ndb', 'worse.yar']) writeFileSync(join(given, name), 'malformed');
  await assert.rejects(loader.load(given), hasCode('patterns.load_failed'), 'nobody said so');
  assert.equal(store.active()?.manifest.id, starter.manifest.id);
  const before = loads.length;
  const { manifest } = await loader.load(given, { skipBad: true });
  assert.deepEqual(manifest.files.map(({ name }) => name).toSorted(), ['eicar.yar', 'own.ndb']);
  assert.deepEqual(manifest.leftOut, [
    { name: 'bad.ndb', reason: 'bad.ndb, line 1: the engine does not take it.' },
    { name: 'worse.yar', reason: 'worse.yar, line 1: the engine does not take it.' },
  ]);
  assert.equal(loads.length, before + 3, 'a round for each, and one that goes well');
  writeFileSync(join(given, 'canary.ndb'), 'refuse');
  await assert.rejects(loader.load(given, { skipBad: true }), hasCode('patterns.canary_detected'));
  assert.equal(store.active()?.manifest.id, manifest.id);
});

test('where nothing is left, why the last of them was refused is told; a directory that is none says so', async (t) => {
  const { loader, source, patterns } = bench(t);
  const given = source('own', 'malformed');
  writeFileSync(join(given, 'bad.ndb'), 'malformed');
  await assert.rejects(loader.load(given, { skipBad: true }), { code: 'patterns.load_failed', message: /^own\.ndb, / });
  const empty = join(patterns, '../empty');
  mkdirSync(empty);
  await assert.rejects(loader.load(empty, { skipBad: true }), hasCode('patterns.empty'));
});

test('loads that meet go one after the other, and each ends whole', async (t) => {
  const { loader, store, source } = bench(t);
  await loader.loadActive();
  const sources = ['one', 'two', 'three', 'four'].map((name) => source(name, name));
  const bad = source('bad', 'refuse');
  const [refused, ...loaded] = await Promise.allSettled([bad, ...sources].map((path) => loader.load(path)));
  assert.equal(refused?.status, 'rejected');
  assert.deepEqual(
    loaded.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  const active = store.active();
  assert.ok(active);
  await store.verify(active);
  assert.match(basename(active.directory), /^four-/);
});

test('PF-4c: a starter set that is damaged is made anew, though there is one before it', async (t) => {
  const { loader, store, starter } = bench(t);
  const first = await loader.loadActive();
  writeFileSync(join(starter, 'more.yar'), 'rule');
  const second = await loader.refresh();
  assert.equal(store.previous()?.manifest.id, first.manifest.id);
  truncateSync(join(second.directory, 'eicar.yar'), 1);
  assert.equal((await loader.loadActive()).manifest.id, second.manifest.id);
});

test('PF-4c: a refused database hinders neither what a person loaded nor a new starter set', async (t) => {
  const { loader, source, starter, clamav } = bench(t);
  const first = await loader.loadActive();
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'refuse');
  writeFileSync(join(starter, 'more.yar'), 'rule');
  await assert.rejects(loader.refresh(), hasCode('patterns.canary_detected'));
  const second = await loader.loadActive();
  assert.match(second.manifest.id, /^starter-/);
  assert.notEqual(second.manifest.id, first.manifest.id);
  const own = await loader.load(source('own', 'good'));
  assert.equal((await loader.refresh()).manifest.id, own.manifest.id, 'a refusal is not told of it');
});

test('a fault of ours is no problem of patterns: it is thrown on', async (t) => {
  const { loader, problems, clamav } = bench(t);
  await loader.loadActive();
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'broken');
  await assert.rejects(loader.refresh(), { name: 'TypeError', message: 'a fault of ours' });
  assert.deepEqual(problems, []);
});

test('a file of the starter set that the engine refuses is refused, also where one of that name stays away', async (t) => {
  const { loader, source, starter } = bench(t);
  await loader.loadActive();
  const given = source('own', 'good');
  for (const directory of [given, starter]) writeFileSync(join(directory, 'same.yar'), 'malformed');
  await assert.rejects(loader.load(given, { skipBad: true }), {
    code: 'patterns.load_failed',
    message: 'same.yar, line 1: the engine does not take it.',
  });
});

test('PF-4c: what leads nowhere among the files of the ClamAV database is told, and hinders no start', async (t) => {
  const { loader, problems, clamav } = bench(t);
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'good');
  for (const [target, name] of [
    ['/nowhere', 'main.ndb'],
    ['loop.ndb', 'loop.ndb'],
    ['daily.ndb/below', 'below.ndb'],
    ['x'.repeat(300), 'long.ndb'],
  ] as const) {
    problems.length = 0;
    symlinkSync(target, join(clamav, name));
    assert.match((await loader.loadActive()).manifest.id, /^starter-/, name);
    await assert.rejects(loader.refresh(), { code: 'patterns.file_gone', message: / is a broken link, / });
    assert.deepEqual(problems, ['patterns.file_gone'], 'told, and tried once');
    rmSync(join(clamav, name));
  }
  for (const [target, name] of [
    ['/nowhere', 'freshclam.dat'],
    ['mirrors.dat', 'mirrors.dat'],
    ['daily.ndb/below', 'below.dat'],
    ['x'.repeat(300), 'long.dat'],
  ] as const)
    symlinkSync(target, join(clamav, name));
  const taken = await loader.refresh();
  assert.match(taken.manifest.id, /^starter\.clamav-/, 'what is no pattern may lead nowhere');
  assert.equal((await loader.refresh()).manifest.id, taken.manifest.id);
});

test('PF-4c: a file in place of the ClamAV database is none, nor is a link that goes round', async (t) => {
  for (const plant of [(path: string) => writeFileSync(path, 'x'), (path: string) => symlinkSync(path, path)]) {
    const { loader, problems, clamav } = bench(t);
    plant(clamav);
    assert.match((await loader.loadActive()).manifest.id, /^starter-/);
    assert.deepEqual(problems, []);
  }
});

test('PF-4c: a ClamAV database that cannot be read is told at every look, hinders no start, and is taken once it can be', async (t) => {
  const { loader, problems, clamav } = bench(t);
  mkdirSync(clamav);
  writeFileSync(join(clamav, 'daily.ndb'), 'good');
  for (const path of [clamav, join(clamav, 'daily.ndb')]) {
    problems.length = 0;
    chmodSync(path, 0);
    await asNobody(join(clamav, '..'), async () => {
      assert.match((await loader.loadActive()).manifest.id, /^starter-/);
      for (let look = 0; look < 2; look++)
        await assert.rejects(loader.refresh(), { code: 'patterns.unreadable', message: /\(EACCES\)/ });
    });
    assert.deepEqual(problems, Array(3).fill('patterns.unreadable'), 'tried and told at each');
    chmodSync(path, 0o755);
  }
  await asNobody(join(clamav, '..'), async () => {
    assert.match((await loader.refresh()).manifest.id, /^starter\.clamav-/);
  });
});

/** Root reads everything; who is not meets what a disk or a network drive would refuse to root. All below `directory` is nobody's. */
async function asNobody(directory: string, work: () => Promise<void>): Promise<void> {
  const nobody = 65_534;
  for (const path of [
    directory,
    ...readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name)),
  ])
    lchownSync(path, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('what a manager brought is put in force like any other release', async (t) => {
  const { loader, loads, store, patterns } = bench(t);
  const first = await loader.loadActive();
  const incoming = join(patterns, '.download');
  mkdirSync(incoming);
  writeFileSync(join(incoming, 'a.ndb'), 'good');
  const files = [{ name: 'a.ndb', ...measureBytes(Buffer.from('good')) }];
  const offered = { ...first.manifest, id: releaseIdOf('set', files), files };
  const taken = await loader.adopt(offered, incoming);
  assert.deepEqual([store.active()?.manifest.id, taken.manifest.id], [offered.id, offered.id]);
  assert.deepEqual([loads.at(-1)?.directory, store.previous()?.manifest.id], [taken.directory, first.manifest.id]);
});

test('a look where nothing is in force yet takes the default sources', async (t) => {
  const { loader, store } = bench(t);
  assert.equal((await loader.refresh()).manifest.id, store.active()?.manifest.id);
});
