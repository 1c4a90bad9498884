// SPDX-License-Identifier: Apache-2.0
// The release store on a real directory: what an import makes, what it refuses, and that a kill leaves a whole release active.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { measureBytes, releaseIdOf } from '@lazaret/patterns';
import { fullSize, releaseVectors, seededRandom, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { releaseStore, type Release, type ReleaseStore } from './release-store.ts';

const NOW = '2027-03-01T00:00:00.000Z';

interface Place {
  readonly store: ReleaseStore;
  readonly patterns: string;
  /** A directory of pattern files with these contents. */
  readonly source: (files: Readonly<Record<string, string>>) => string;
}

function place(t: Parameters<typeof temporaryDirectory>[0]): Place {
  const directory = temporaryDirectory(t);
  const patterns = join(directory, 'patterns');
  let made = 0;
  return {
    store: releaseStore(patterns),
    patterns,
    source: (files) => {
      const path = join(directory, `source-${made++}`);
      mkdirSync(path);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
      return path;
    },
  };
}

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Error && 'code' in error && error.code === code;

test('the same bytes are the same release, wherever they come from and whenever; other bytes are another', async (t) => {
  const { store, source } = place(t);
  const one = await store.importFrom({ directories: [source({ 'a.ndb': 'x', 'b.yar': 'y' })], label: 'set' }, NOW);
  const again = await store.importFrom(
    { directories: [source({ 'b.yar': 'y', 'a.ndb': 'x' })], label: 'set' },
    '2027-04-01T00:00:00.000Z',
  );
  assert.deepEqual(again, one);
  const other = await store.importFrom({ directories: [source({ 'a.ndb': 'x', 'b.yar': 'z' })], label: 'set' }, NOW);
  const renamed = await store.importFrom({ directories: [source({ 'c.ndb': 'x', 'b.yar': 'y' })], label: 'set' }, NOW);
  assert.equal(new Set([one, other, renamed].map(({ manifest }) => manifest.id)).size, 3);
  assert.match(one.manifest.id, /^set-[0-9a-f]{12}$/);
  assert.equal(store.list().length, 3);
  for (const release of store.list()) await store.verify(release);
});

test('a release has the name that the vectors say (vectors/releases.json)', async (t) => {
  const { store, source } = place(t);
  for (const { why, label, files, id } of releaseVectors()) {
    const from = source(Object.fromEntries(files.map(({ name, text }) => [name, text])));
    const { manifest } = await store.importFrom({ directories: [from], label }, NOW);
    assert.equal(manifest.id, id, why);
    const named = files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
    assert.deepEqual(byName(manifest.files), byName(named), why);
  }
});

const byName = <T extends { readonly name: string }>(files: readonly T[]): readonly T[] =>
  files.toSorted((left, right) => (left.name < right.name ? -1 : 1));

test('what is no pattern is left out; a source without any, a file name that cannot travel, and two contents of one name are refused', async (t) => {
  const { store, source, patterns } = place(t);
  const mixed = source({ 'a.ndb': 'x', 'README.md': 'r', 'old.ndb.bak': 'o' });
  mkdirSync(join(mixed, 'directory.ndb'));
  const { manifest } = await store.importFrom({ directories: [mixed], label: 'Mixed Set!' }, NOW);
  assert.deepEqual(
    manifest.files.map(({ name }) => name),
    ['a.ndb'],
  );
  assert.match(manifest.id, /^mixed-set-/);
  assert.equal(manifest.source, mixed);
  const refusals: [string, readonly string[]][] = [
    ['path.not_found', [join(patterns, 'nowhere')]],
    ['patterns.no_directory', [join(mixed, 'a.ndb')]],
    ['patterns.empty', [source({ 'README.md': 'r' })]],
    ['patterns.empty', [source({ 'kinds.json': '{}' })]],
    ['patterns.empty', [source({ 'README.md': 'r' }), source({ 'a.ndb': 'x' })]],
    ['patterns.file_name', [source({ 'a b.ndb': 'x' })]],
    ['patterns.file_name', [source({ '-rf.ndb': 'x' })]],
    ['patterns.duplicate', [source({ 'a.ndb': 'x' }), source({ 'a.ndb': 'y' })]],
  ];
  const huge = source({ 'a.ndb': '' });
  truncateSync(join(huge, 'a.ndb'), 2 * 1024 ** 3 + 1);
  refusals.push(['patterns.too_large', [huge]]);
  for (const [code, sources] of refusals)
    await assert.rejects(store.importFrom({ directories: sources, label: 'x' }, NOW), hasCode(code), code);
  assert.deepEqual(readdirSync(join(patterns, 'releases')), [manifest.id], 'a refusal leaves nothing');
});

test("a table of the first source goes before the second's; the same pattern file in both is one", async (t) => {
  const { store, source } = place(t);
  const sources = [source({ 'a.ndb': 'x', 'kinds.json': '1' }), source({ 'a.ndb': 'x', 'kinds.json': '2' })];
  const both = await store.importFrom({ directories: sources, label: 'x' }, NOW);
  const first = await store.importFrom({ directories: sources.slice(0, 1), label: 'x' }, NOW);
  assert.equal(both.manifest.id, first.manifest.id);
});

test('the scanner, which is nobody, can read a release whatever the rights of its source and the umask', async (t) => {
  const { store, source } = place(t);
  const closed = source({ 'a.ndb': 'x' });
  chmodSync(join(closed, 'a.ndb'), 0o600);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  const { directory } = await store.importFrom({ directories: [closed], label: 'x' }, NOW);
  process.umask(before);
  assert.equal(statSync(directory).mode & 0o777, 0o755);
  assert.equal(statSync(join(directory, 'a.ndb')).mode & 0o777, 0o644);
  assert.equal(statSync(join(directory, 'manifest.json')).mode & 0o777, 0o644);
});

test('a damaged file of a release is told, and the same bytes imported again heal it', async (t) => {
  const { store, source, patterns } = place(t);
  const from = source({ 'a.ndb': 'bytes', 'b.yar': 'more' });
  const release = await store.importFrom({ directories: [from], label: 'x' }, NOW);
  store.activate(release);
  const damages: ((path: string) => void)[] = [
    (path) => writeFileSync(path, 'bytez'),
    (path) => truncateSync(path, 1),
    (path) => rmSync(path),
    (path) => writeFileSync(join(path, '../manifest.json'), '{'),
  ];
  for (const damage of damages) {
    damage(join(release.directory, 'a.ndb'));
    const found = releaseStore(patterns).active();
    if (found !== null) await assert.rejects(store.verify(found), hasCode('patterns.damaged'));
    const healed = await store.importFrom({ directories: [from], label: 'x' }, NOW);
    assert.equal(healed.manifest.id, release.manifest.id);
    await store.verify(healed);
    assert.deepEqual(store.active()?.manifest.id, release.manifest.id);
  }
});

test('PF-4d: active and previous, one step back, and only these two are kept', async (t) => {
  const { store, source, patterns } = place(t);
  const releases: Release[] = [];
  assert.equal(store.active(), null);
  assert.equal(store.previous(), null);
  for (const text of ['one', 'two', 'three']) {
    const release = await store.importFrom({ directories: [source({ 'a.ndb': text })], label: text }, NOW);
    store.activate(release);
    store.activate(release);
    releases.push(release);
  }
  const [, two = '', three = ''] = releases.map(({ manifest }) => manifest.id);
  assert.equal(store.active()?.manifest.id, three);
  assert.equal(store.previous()?.manifest.id, two);
  assert.deepEqual(readdirSync(join(patterns, 'releases')).toSorted(), [two, three].toSorted());
  assert.deepEqual(
    ['active', 'previous'].map((name) => realpathSync(join(patterns, name))),
    [three, two].map((id) => realpathSync(join(patterns, 'releases', id))),
  );
  const back = store.previous();
  assert.ok(back);
  store.activate(back);
  assert.equal(store.active()?.manifest.id, two);
  assert.equal(store.previous()?.manifest.id, three, 'and forward again');
});

test('what a kill left is no release and does not stay: half a copy, half a link, links to nothing', async (t) => {
  const { store, source, patterns } = place(t);
  const release = await store.importFrom({ directories: [source({ 'a.ndb': 'x' })], label: 'x' }, NOW);
  store.activate(release);
  mkdirSync(join(patterns, 'releases/.incoming-99999'));
  writeFileSync(join(patterns, 'releases/.incoming-99999/daily.cvd'), 'half');
  symlinkSync('releases/nowhere', join(patterns, '.active-99999'));
  symlinkSync('releases/nowhere', join(patterns, 'previous'));
  const after = releaseStore(patterns);
  assert.equal(after.active()?.manifest.id, release.manifest.id);
  assert.equal(after.previous(), null);
  assert.deepEqual(
    after.list().map(({ manifest }) => manifest.id),
    [release.manifest.id],
  );
  await after.importFrom({ directories: [source({ 'a.ndb': 'y' })], label: 'y' }, NOW);
  assert.ok(!existsSync(join(patterns, 'releases/.incoming-99999')));
  assert.ok(!readdirSync(patterns).includes('.active-99999'), 'a link to nothing, too');
});

/** Files as they lie when a manager's release was brought, with the manifest that named them. */
function brought(t: Parameters<typeof temporaryDirectory>[0], files: Readonly<Record<string, string>>, label = 'set') {
  const directory = join(temporaryDirectory(t), 'incoming');
  mkdirSync(directory, { mode: 0o700 });
  const named = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    const { bytes, sha256 } = measureBytes(Buffer.from(text));
    return { name, bytes, sha256 };
  });
  const offered = { id: releaseIdOf(label, named), source: 'the manager', createdAt: NOW, files: named };
  return { directory, offered };
}

test('what a manager brings is a release once each file is what its manifest says, and its name is of these files', async (t) => {
  const { store, patterns } = place(t);
  const { directory, offered } = brought(t, { 'a.ndb': 'x', 'b.yar': 'y' });
  const release = await store.adopt(offered, directory);
  assert.deepEqual(release, {
    directory: join(patterns, 'releases', offered.id),
    manifest: { format: 1, ...offered, loaded: null },
  });
  assert.deepEqual(store.list(), [release]);
  await store.verify(release);
  assert.ok(!existsSync(directory), 'moved, not copied');
  const modes = ['.', 'a.ndb', 'manifest.json'].map((name) => statSync(join(release.directory, name)).mode & 0o777);
  assert.deepEqual(modes, [0o755, 0o644, 0o644], 'the scanner, which is nobody, reads it');
  const again = brought(t, { 'a.ndb': 'x', 'b.yar': 'y' });
  assert.deepEqual(await store.adopt(again.offered, again.directory), release, 'the same bytes again');
  writeFileSync(join(release.directory, 'a.ndb'), 'z');
  const healed = await store.adopt(again.offered, again.directory);
  await store.verify(healed);
});

test('what is not what its manifest says is no release, and leaves nothing', async (t) => {
  const { store, patterns } = place(t);
  const refused = async (change: (one: ReturnType<typeof brought>) => object): Promise<void> => {
    const one = brought(t, { 'a.ndb': 'x', 'b.yar': 'y' });
    await assert.rejects(store.adopt({ ...one.offered, ...change(one) }, one.directory), hasCode('patterns.damaged'));
  };
  const none = {};
  await refused(({ directory }) => (writeFileSync(join(directory, 'a.ndb'), 'z'), none));
  await refused(({ directory }) => (writeFileSync(join(directory, 'a.ndb'), 'xx'), none));
  await refused(({ directory }) => (rmSync(join(directory, 'b.yar')), none));
  await refused(({ offered }) => ({ id: offered.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }));
  await refused(({ offered }) => ({ files: offered.files.slice(1) }));
  await refused(({ offered }) => ({ files: offered.files.map((file) => ({ ...file, bytes: 2 })) }));
  const { directory, offered } = brought(t, { 'a.ndb': 'x' });
  await assert.rejects(store.adopt({ ...offered, id: `../${offered.id}` }, directory), { name: 'ZodError' });
  assert.deepEqual(readdirSync(join(patterns, 'releases')), []);
});

test('what the engine loaded, and what stays away, is written down with the release', async (t) => {
  const { store, source } = place(t);
  const from = source({ 'a.ndb': 'x', 'b.yar': 'y' });
  const leftOut = [{ name: 'b.yar', reason: 'b.yar:1: no' }];
  const release = await store.importFrom(
    { directories: [from, source({ 'b.yar': 'of the starter set' })], label: 'x' },
    NOW,
    leftOut,
  );
  assert.deepEqual(
    release.manifest.files.map(({ name }) => name).toSorted(),
    ['a.ndb', 'b.yar'],
    'of the first source alone',
  );
  assert.deepEqual(release.manifest.leftOut, leftOut);
  const loaded = store.recordLoaded(release, { clamav: 3, yara: 2 });
  assert.deepEqual(loaded.manifest, { ...release.manifest, loaded: { clamav: 3, yara: 2 } });
  assert.deepEqual(store.list(), [loaded]);
  const without = await store.importFrom({ directories: [source({ 'a.ndb': 'q' })], label: 'x' }, NOW);
  assert.ok(!('leftOut' in without.manifest));
  const other = [{ name: 'c.yar', reason: 'c.yar:1: no' }];
  const again = await store.importFrom(
    { directories: [source({ 'a.ndb': 'q', 'c.yar': 'no' })], label: 'x' },
    NOW,
    other,
  );
  assert.deepEqual([again.manifest.id, again.manifest.leftOut], [without.manifest.id, other]);
});

test('what is refused is told by its name and its place, and nothing stays open', async (t) => {
  const { store, source } = place(t);
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  const told = async (code: string, sources: readonly string[], name: string, words: (path: string) => string) => {
    const where = join(sources.at(-1) ?? '', name);
    await assert.rejects(store.importFrom({ directories: sources, label: 'x' }, NOW), {
      code,
      where,
      message: words(where),
    });
    assert.equal(open(), before, code);
  };
  await told(
    'patterns.file_name',
    [source({ 'a b.ndb': 'x' })],
    'a b.ndb',
    () => '"a b.ndb" is not allowed as the name of a pattern file.',
  );
  const two = [source({ 'a.ndb': 'x' }), source({ 'a.ndb': 'y' })];
  await told('patterns.duplicate', two, 'a.ndb', () => 'Two sources have different files with the name a.ndb.');
  const huge = source({ 'a.ndb': '' });
  truncateSync(join(huge, 'a.ndb'), 2 * 1024 ** 3 + 1);
  await told('patterns.too_large', [huge], 'a.ndb', (path) => `${path} is larger than 2 GiB.`);
  const both = await store.importFrom(
    { directories: [source({ 'a.ndb': 'x' }), source({ 'b.ndb': 'y' })], label: 'x' },
    NOW,
  );
  assert.deepEqual(both.manifest.source.split(' ').length, 2);
  writeFileSync(join(both.directory, 'b.ndb'), 'z');
  const where = join(both.directory, 'b.ndb');
  await assert.rejects(store.verify(both), {
    code: 'patterns.damaged',
    where,
    message: `${where} changed after the release was made.`,
  });
  const { directory, offered } = brought(t, { 'a.ndb': 'x' });
  const id = `set-${'0'.repeat(12)}`;
  await assert.rejects(store.adopt({ ...offered, id }, directory), {
    code: 'patterns.damaged',
    message: `The id of release ${id} does not match its list of files.`,
  });
  assert.equal(open(), before);
});

test('what cannot be read is a fault of the disk, and no damaged release', async (t) => {
  const { store, source } = place(t);
  const folder = source({});
  const from = source({ 'a.ndb': 'x'.repeat(statSync(folder).size) });
  const { directory } = await store.importFrom({ directories: [from], label: 'x' }, NOW);
  rmSync(join(directory, 'a.ndb'));
  mkdirSync(join(directory, 'a.ndb'));
  await assert.rejects(store.importFrom({ directories: [from], label: 'x' }, NOW), hasCode('EISDIR'));
});

test('PF-4d: a switch takes away old releases alone, and no copy that is under way', async (t) => {
  const { store, source, patterns } = place(t);
  const release = await store.importFrom({ directories: [source({ 'a.ndb': 'x' })], label: 'x' }, NOW);
  for (const name of ['.incoming-1', 'old']) mkdirSync(join(patterns, 'releases', name));
  store.activate(release);
  assert.deepEqual(readdirSync(join(patterns, 'releases')).toSorted(), ['.incoming-1', release.manifest.id].toSorted());
});

const SWITCHER = `
  import { releaseStore } from ${JSON.stringify(join(import.meta.dirname, 'release-store.ts'))};
  const [patterns, ...sources] = process.argv.slice(1);
  const store = releaseStore(patterns);
  for (let turn = 0; ; turn++) {
    const release = await store.importFrom({ directories: [sources[turn % sources.length]], label: 'x' }, ${JSON.stringify(NOW)});
    store.activate(store.recordLoaded(release, { clamav: turn, yara: 0 }));
    process.stdout.write('.');
  }
`;

test('killed −9 at any moment of importing and switching, a whole release is active afterwards', async (t) => {
  const { store, source, patterns } = place(t);
  const sources = ['one', 'two', 'three'].map((text) => source({ 'a.ndb': text.repeat(20_000), 'b.yar': text }));
  store.activate(await store.importFrom({ directories: sources.slice(0, 1), label: 'x' }, NOW));
  const random = seededRandom(testSeed);
  const kills = fullSize ? 200 : process.env['LAZARET_MUTANTS'] === '1' ? 2 : 12;
  const seen = new Set<string>();
  for (let kill = 0; kill < kills; kill++) {
    const argv = ['--input-type=module', '--eval', SWITCHER, patterns, ...sources];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    // Some whole switches, and then any moment of the next.
    for (let switches = 1 + random() * 5; switches > 0; switches -= 1) await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, random() * 15));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const active = releaseStore(patterns).active();
    assert.ok(active !== null, `seed ${testSeed}, kill ${kill}`);
    await store.verify(active);
    seen.add(active.manifest.id);
  }
  t.diagnostic(`${kills} kills, ${seen.size} releases seen active, seed ${testSeed}`);
});

test('an old release that cannot be removed keeps no new one from being the active one', async (t) => {
  const { store, patterns, source } = place(t);
  const old = join(patterns, 'releases', 'old-000000000000');
  mkdirSync(old);
  writeFileSync(join(old, 'a.ndb'), 'x');
  const fixed = (flag: string): unknown => execFileSync('bash', ['-c', `chattr ${flag} "$0"`, join(old, 'a.ndb')]);
  fixed('+i');
  try {
    const release = await store.importFrom({ directories: [source({ 'a.ndb': 'x' })], label: 'set' }, NOW);
    store.activate(release);
    assert.equal(store.active()?.manifest.id, release.manifest.id);
  } finally {
    fixed('-i');
  }
});

test('what could not be read again as a release is none: too many files are refused, a very long list of places is cut', async (t) => {
  const { store, source } = place(t);
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`${index}.ndb`, 'x']));
  await assert.rejects(
    store.importFrom({ directories: [source(many)], label: 'set' }, NOW),
    hasCode('patterns.too_large'),
  );
  assert.deepEqual(store.list(), []);
  const deep = join(source({}), ...Array.from({ length: 30 }, () => 'd'.repeat(120)));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'a.ndb'), 'x');
  const release = await store.importFrom({ directories: [deep, deep], label: 'set' }, NOW);
  store.activate(release);
  assert.equal(store.active()?.manifest.id, release.manifest.id);
});
