// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { OpenFile } from '@lazaret/host/ports';
import { memoryHost } from '@lazaret/host/memory';
import { noise, seededRandom, testSeed } from '@lazaret/testkit';
import { readFileFacts } from './restore/inode-facts.ts';
import { addKey } from './format/keys.ts';
import { SourceChanged, type TakenFile, Vault, type VaultOptions } from './vault.ts';

const host = memoryHost();
const { files, tree } = host;
const directory = '/test';
tree.makeFolder(directory);

const random = seededRandom(testSeed);
console.log(`seed: ${testSeed} (LAZARET_SEED=${testSeed} repeats it)`);

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-11-24T12:00:00Z');

function openVault(name: string, options: Partial<VaultOptions> = {}): Vault {
  return new Vault({
    host,
    directory: `${directory}/${name}/vault`,
    keyDirectory: `${directory}/${name}/keys`,
    limits: { bytesMax: 1024 * 1024 * 1024, retentionDays: 30, warnAtPercent: 80 },
    nowMs: () => START_MS,
    random: randomBytes,
    ...options,
  });
}

function takenFile(opened: OpenFile, file: string): TakenFile {
  return {
    detectionId: null,
    path: Buffer.from(file).toString('base64'),
    ...readFileFacts(opened),
    attributes: [{ name: Buffer.from('user.note').toString('base64'), value: Buffer.from('kept').toString('base64') }],
    links: { count: opened.describe().identity.nlink, otherPaths: [] },
    threats: [{ name: 'Test.Marker', kind: 'test', layers: ['a.zip', 'b'] }],
    patternRelease: 'release-1',
    policyHash: null,
  };
}

async function open(path: string): Promise<OpenFile> {
  const [result] = await files.openForScan([{ path: Buffer.from(path) }]);
  return result?.opened ? result.file : assert.fail(`${path} was not opened`);
}

async function add(vault: Vault, path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = file.describe().identity;
    return (await vault.add({ file, size }, takenFile(file, path), async () => true)).id;
  } finally {
    file.close();
  }
}

function makeFile(name: string, content: Buffer): string {
  const file = `${directory}/${name}`;
  tree.write(file, content);
  return file;
}

async function contentOf(vault: Vault, id: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of vault.content(id)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function entryFile(name: string, id: string): string {
  const entries = `${directory}/${name}/vault/entries`;
  const found = tree.names(entries).find((file) => file.startsWith(id));
  return `${entries}/${found ?? assert.fail(`no file of ${id}`)}`;
}

test('what is in the vault is encrypted, for root alone, and comes out as it went in, at every length round a chunk', async () => {
  const vault = openVault('lengths');
  for (const length of [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 200_001]) {
    const content = Buffer.alloc(length, 'lazaret-marker-');
    const id = await add(vault, makeFile('content', content));
    const stored = tree.read(entryFile('lengths', id));
    assert.equal(stored.includes('lazaret-marker-'), false);
    assert.equal(stored.includes('Test.Marker'), false);
    assert.deepEqual(await contentOf(vault, id), content);
    assert.equal(tree.describe(entryFile('lengths', id)).identity.mode & 0o777, 0o600);
  }
  for (const part of ['vault', 'vault/entries', 'keys']) {
    assert.equal(tree.describe(`${directory}/lengths/${part}`).identity.mode & 0o777, 0o700);
  }
  vault.close();
});

test('AC-8c: restore goes to the old or another place, replaces nothing, follows no link, and says why not', async () => {
  const vault = openVault('restore');
  const file = makeFile('restored', Buffer.from('bad'));
  const id = await add(vault, file);
  tree.write(file, "somebody else's");
  await assert.rejects(vault.restore(id), { code: 'restore.exists' });
  assert.equal(tree.read(file).toString(), "somebody else's");
  await assert.rejects(vault.restore(id, { path: Buffer.from(`${directory}/no/such/folder`) }), {
    code: 'restore.parent_missing',
    message: `the directory ${directory}/no/such does not exist; create it, or give another path`,
  });
  tree.symlink('/other', `${directory}/alias`);
  await assert.rejects(vault.restore(id, { path: Buffer.from(`${directory}/alias/x`) }), {
    code: 'restore.parent_unsafe',
  });
  await assert.rejects(vault.restore(id, { path: Buffer.from('relative') }), { code: 'path.invalid' });
  await assert.rejects(vault.restore('00000000-0000-7000-8000-000000000000'), { code: 'vault.entry_not_found' });
  const elsewhere = `${directory}/elsewhere`;
  await vault.restore(id, { path: Buffer.from(elsewhere), keepEntry: true });
  assert.equal(tree.read(elsewhere).toString(), 'bad');
  assert.equal((await vault.list()).length, 1);
  assert.deepEqual(tree.names(`${directory}/restore/vault/restoring`), []);
  vault.close();
});

test('AC-8c: restore works on a file system without unnamed files too, and leaves no half-written file', async () => {
  const vault = openVault('named');
  const file = makeFile('named-file', noise(150_000, random));
  const content = tree.read(file);
  const id = await add(vault, file);
  await assert.rejects(vault.restore(id, { unnamedFiles: false }), { code: 'restore.exists' });
  tree.remove(file);
  await vault.restore(id, { unnamedFiles: false });
  assert.deepEqual(tree.read(file), content);
  assert.deepEqual(
    tree.names(directory).filter((name) => name.startsWith('.lazaret-restore')),
    [],
  );
  assert.deepEqual(tree.names(`${directory}/named/vault/restoring`), []);
  vault.close();
});

test('AC-8d: a deleted entry is gone', async () => {
  const vault = openVault('delete');
  const id = await add(vault, makeFile('deleted', Buffer.from('x')));
  vault.delete(id);
  assert.deepEqual(await vault.list(), []);
  await assert.rejects(vault.show(id), { code: 'vault.entry_not_found' });
  assert.throws(() => vault.delete(id), { code: 'vault.entry_not_found' });
  vault.close();
});

test('AC-8e: at the cap only entries past their retention go, oldest first and only when that is enough; else vault.full', async () => {
  let now = START_MS;
  const limits = { bytesMax: 400_000, retentionDays: 30, warnAtPercent: 80 };
  const vault = openVault('cap', { limits, nowMs: () => now });
  const file = makeFile('capped', noise(100_000, random));
  const first = await add(vault, file);
  now += DAY_MS;
  const second = await add(vault, file);
  now += DAY_MS;
  const third = await add(vault, file);
  assert.equal(vault.usage().warning, false);
  await assert.rejects(add(vault, file), { code: 'vault.full' });
  now = START_MS + 31 * DAY_MS + 1000;
  const fourth = await add(vault, file);
  assert.deepEqual(
    (await vault.list()).map((item) => item.id),
    [second, third, fourth],
  );
  assert.equal(vault.has(first), false);
  now = START_MS + 33 * DAY_MS;
  const large = makeFile('larger', noise(350_000, random));
  await assert.rejects(add(vault, large), { code: 'vault.full' });
  assert.equal((await vault.list()).length, 3, 'nobody goes when it would not be enough');
  const tight = openVault('cap', { limits: { ...limits, bytesMax: 350_000 }, nowMs: () => now });
  assert.equal(tight.usage().warning, true);
  tight.close();
  vault.close();
});

test('AC-8e: two copies at once cannot share the last room', async () => {
  const vault = openVault('two', { limits: { bytesMax: 250_000, retentionDays: 30, warnAtPercent: 80 } });
  const file = makeFile('twice', noise(100_000, random));
  const results = await Promise.allSettled([add(vault, file), add(vault, file), add(vault, file)]);
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 2);
  assert.ok(vault.usage().bytes <= 250_000);
  vault.close();
});

test('AC-9a: a file that shrinks, grows or is not accepted leaves no entry', async () => {
  const vault = openVault('changing');
  const file = makeFile('growing', noise(100_000, random));
  const opened = await open(file);
  const taken = takenFile(opened, file);
  for (const size of [99_999, 100_001, 65_536]) {
    await assert.rejects(
      vault.add({ file: opened, size }, { ...taken, size }, async () => true),
      SourceChanged,
    );
  }
  await assert.rejects(
    vault.add({ file: opened, size: 100_000 }, taken, async () => false),
    SourceChanged,
  );
  opened.close();
  assert.deepEqual(tree.names(`${directory}/changing/vault/entries`), []);
  vault.close();
});

test('entries of an old key stay readable; a lost key, a damaged key file and an open folder are errors with a code', async () => {
  const vault = openVault('keys');
  const id = await add(vault, makeFile('old-key', Buffer.from('old')));
  vault.close();
  addKey(files.ownFolder(`${directory}/keys/keys`) ?? assert.fail('refused'), START_MS + 1, randomBytes);
  const reopened = openVault('keys', { nowMs: () => START_MS + 1 });
  const second = await add(reopened, makeFile('new-key', Buffer.from('new')));
  assert.equal((await contentOf(reopened, id)).toString(), 'old');
  assert.equal((await contentOf(reopened, second)).toString(), 'new');
  const keyIds = [id, second].map((entry) => tree.read(entryFile('keys', entry)).subarray(16, 32).toString('hex'));
  assert.notEqual(keyIds[0], keyIds[1]);
  reopened.close();
  const keyFile = tree.names(`${directory}/keys/keys`)[0] ?? '';
  tree.remove(`${directory}/keys/keys/${keyFile}`);
  const lost = openVault('keys');
  await assert.rejects(contentOf(lost, id), { code: 'vault.key_missing' });
  assert.deepEqual(
    (await lost.list()).map((item) => (item.state === 'damaged' ? item.code : item.state)),
    ['vault.key_missing', 'original-not-deleted'],
  );
  lost.close();
  tree.setMode(`${directory}/keys/vault`, 0o755);
  assert.throws(() => openVault('keys'), { code: 'vault.unsafe_directory' });
});

test('a whole entry says what it holds after its index is lost', async () => {
  const vault = openVault('rebuilt');
  const file = makeFile('new\nline', Buffer.from('x'));
  const id = await add(vault, file);
  vault.close();
  const again = openVault('rebuilt');
  const item = await again.show(id);
  assert.ok(item.state !== 'damaged');
  assert.equal(Buffer.from(item.metadata.path, 'base64').toString(), file);
  assert.deepEqual(item.metadata.threats, [{ name: 'Test.Marker', kind: 'test', layers: ['a.zip', 'b'] }]);
  assert.equal(item.metadata.sha256, createHash('sha256').update('x').digest('hex'));
  again.close();
});

test('a file that has its name again is restored, though its other names cannot be told of it any more', async () => {
  const notes = `${directory}/untold/vault/names`;
  const reach = (point: string): void => {
    if (point === 'restore.placed') tree.remove(notes);
  };
  const vault = openVault('untold', { reach });
  const [one, two] = ['one', 'two'].map((name) => `${directory}/untold-${name}`) as [string, string];
  tree.write(one, 'held');
  tree.link(one, two);
  const ids = [await add(vault, one), await add(vault, two)] as const;
  for (const [at, file] of [one, two].entries()) {
    tree.remove(file);
    vault.settle(ids[at] ?? '');
  }
  await vault.restore(ids[0]);
  assert.equal(tree.read(one).toString(), 'held');
  assert.deepEqual(
    (await vault.list()).map(({ id }) => id),
    [ids[1]],
    'what stands again is no longer held',
  );
});
