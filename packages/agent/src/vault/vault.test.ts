// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { describe, writeAttribute } from '@lazaret/host';
import { noise, seededRandom, testSeed } from '@lazaret/testkit';
import { readFileFacts } from './restore/inode-facts.ts';
import { addKey } from './format/keys.ts';
import { SourceChanged, type TakenFile, Vault, type VaultOptions } from './vault.ts';

let directory: string;
before(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-vault-'));
});
after(() => {
  execFileSync('rm', ['-rf', directory]);
});

const random = seededRandom(testSeed);
console.log(`seed: ${testSeed} (LAZARET_SEED=${testSeed} repeats it)`);

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-11-24T12:00:00Z');

function openVault(name: string, options: Partial<VaultOptions> = {}): Vault {
  return new Vault({
    directory: path.join(directory, name, 'vault'),
    keyDirectory: path.join(directory, name, 'keys'),
    limits: { bytesMax: 1024 * 1024 * 1024, retentionDays: 30, warnAtPercent: 80 },
    nowMs: () => START_MS,
    random: randomBytes,
    ...options,
  });
}

function takenFile(fd: number, file: string): TakenFile {
  return {
    detectionId: null,
    path: Buffer.from(file).toString('base64'),
    ...readFileFacts(fd),
    attributes: [{ name: Buffer.from('user.note').toString('base64'), value: Buffer.from('kept').toString('base64') }],
    links: { count: describe(fd).identity.nlink, otherPaths: [] },
    threats: [{ name: 'Test.Marker', kind: 'test', layers: ['a.zip', 'b'] }],
    patternRelease: 'release-1',
    policyHash: null,
  };
}

async function add(vault: Vault, file: string): Promise<string> {
  const fd = fs.openSync(file, 'r');
  try {
    const added = await vault.add({ fd, size: fs.fstatSync(fd).size }, takenFile(fd, file), async () => true);
    return added.id;
  } finally {
    fs.closeSync(fd);
  }
}

function makeFile(name: string, content: Buffer): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, content);
  return file;
}

async function contentOf(vault: Vault, id: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of vault.content(id)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function entryFile(name: string, id: string): string {
  const entries = path.join(directory, name, 'vault/entries');
  const found = fs.readdirSync(entries).find((file) => file.startsWith(id));
  return path.join(entries, found ?? assert.fail(`no file of ${id}`));
}

test('what is in the vault is encrypted, for root alone, and comes out as it went in, at every length round a chunk', async () => {
  const vault = openVault('lengths');
  for (const length of [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 200_001]) {
    const content = Buffer.alloc(length, 'lazaret-marker-');
    const id = await add(vault, makeFile('content', content));
    const stored = fs.readFileSync(entryFile('lengths', id));
    assert.equal(stored.includes('lazaret-marker-'), false);
    assert.equal(stored.includes('Test.Marker'), false);
    assert.deepEqual(await contentOf(vault, id), content);
    assert.equal(fs.statSync(entryFile('lengths', id)).mode & 0o777, 0o600);
  }
  for (const part of ['vault', 'vault/entries', 'keys']) {
    assert.equal(fs.statSync(path.join(directory, 'lengths', part)).mode & 0o777, 0o700);
  }
  vault.close();
});

test('AC-8b: owner, mode, exact times, attributes and ACL come back; the names and links are written down', async () => {
  const vault = openVault('dress');
  const file = makeFile('dressed', Buffer.from('content'));
  fs.chownSync(file, 1234, 4321);
  fs.chmodSync(file, 0o4751);
  execFileSync('setfacl', ['-m', 'u:1777:rw', file]);
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOATIME);
  writeAttribute(fd, Buffer.from('user.note'), Buffer.from([0, 255, 10]));
  execFileSync('touch', ['-d', '2001-02-03 04:05:06.123456789', file]);
  fs.linkSync(file, `${file}-second`);
  const before = describe(fd).identity;
  const acl = execFileSync('getfacl', ['-cp', file], { encoding: 'utf8' });
  const attributes = execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', file], {
    encoding: 'utf8',
  });
  const { readAttributes } = await import('@lazaret/safefs');
  const taken: TakenFile = {
    ...takenFile(fd, file),
    attributes: readAttributes(fd).map(({ name, value }) => ({
      name: name.toString('base64'),
      value: value.toString('base64'),
    })),
  };
  const { id } = await vault.add({ fd, size: before.size }, taken, async () => true);
  fs.closeSync(fd);
  fs.rmSync(file);
  const item = await vault.show(id);
  assert.ok(item.state === 'original-not-deleted' && item.metadata.links.count === 2);
  vault.settle(id);
  const outcome = await vault.restore(id);
  assert.deepEqual(
    [outcome.differences, outcome.linked],
    [[], true],
    'a name of the file whose second name still stands',
  );
  const restored = fs.openSync(file, 'r');
  const now = describe(restored).identity;
  fs.closeSync(restored);
  assert.deepEqual(
    [now.uid, now.gid, now.mode, now.mtimeNs, now.atimeNs],
    [before.uid, before.gid, before.mode, before.mtimeNs, before.atimeNs],
  );
  assert.equal(execFileSync('getfacl', ['-cp', file], { encoding: 'utf8' }), acl);
  assert.equal(
    execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', file], { encoding: 'utf8' }),
    attributes,
  );
  assert.deepEqual(await vault.list(), []);
  vault.close();
});

test('AC-8c: restore goes to the old or another place, replaces nothing, follows no link, and says why not', async () => {
  const vault = openVault('restore');
  const file = makeFile('restored', Buffer.from('bad'));
  const id = await add(vault, file);
  fs.writeFileSync(file, "somebody else's");
  await assert.rejects(vault.restore(id), { code: 'restore.exists' });
  assert.equal(fs.readFileSync(file, 'utf8'), "somebody else's");
  await assert.rejects(vault.restore(id, { path: Buffer.from(path.join(directory, 'no/such/folder')) }), {
    code: 'restore.parent_missing',
  });
  fs.symlinkSync('/tmp', path.join(directory, 'alias'));
  await assert.rejects(vault.restore(id, { path: Buffer.from(path.join(directory, 'alias/x')) }), {
    code: 'restore.parent_unsafe',
  });
  await assert.rejects(vault.restore(id, { path: Buffer.from('relative') }), { code: 'path.invalid' });
  await assert.rejects(vault.restore('00000000-0000-7000-8000-000000000000'), { code: 'vault.entry_not_found' });
  const elsewhere = path.join(directory, 'elsewhere');
  await vault.restore(id, { path: Buffer.from(elsewhere), keepEntry: true });
  assert.equal(fs.readFileSync(elsewhere, 'utf8'), 'bad');
  assert.equal((await vault.list()).length, 1);
  assert.deepEqual(fs.readdirSync(path.join(directory, 'restore/vault/restoring')), []);
  vault.close();
});

test('AC-8c: restore works on a file system without unnamed files too, and leaves no half-written file', async () => {
  const vault = openVault('named');
  const file = makeFile('named-file', noise(150_000, random));
  const content = fs.readFileSync(file);
  const id = await add(vault, file);
  await assert.rejects(vault.restore(id, { unnamedFiles: false }), { code: 'restore.exists' });
  fs.rmSync(file);
  await vault.restore(id, { unnamedFiles: false });
  assert.deepEqual(fs.readFileSync(file), content);
  assert.deepEqual(
    fs.readdirSync(directory).filter((name) => name.startsWith('.lazaret-restore')),
    [],
  );
  assert.deepEqual(fs.readdirSync(path.join(directory, 'named/vault/restoring')), []);
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
  const fd = fs.openSync(file, 'r');
  const taken = takenFile(fd, file);
  for (const size of [99_999, 100_001, 65_536]) {
    await assert.rejects(
      vault.add({ fd, size }, { ...taken, size }, async () => true),
      SourceChanged,
    );
  }
  await assert.rejects(
    vault.add({ fd, size: 100_000 }, taken, async () => false),
    SourceChanged,
  );
  fs.closeSync(fd);
  assert.deepEqual(fs.readdirSync(path.join(directory, 'changing/vault/entries')), []);
  vault.close();
});

test('entries of an old key stay readable; a lost key, a damaged key file and an open folder are errors with a code', async () => {
  const vault = openVault('keys');
  const id = await add(vault, makeFile('old-key', Buffer.from('old')));
  vault.close();
  addKey(path.join(directory, 'keys/keys'), START_MS + 1, randomBytes);
  const reopened = openVault('keys', { nowMs: () => START_MS + 1 });
  const second = await add(reopened, makeFile('new-key', Buffer.from('new')));
  assert.equal((await contentOf(reopened, id)).toString(), 'old');
  assert.equal((await contentOf(reopened, second)).toString(), 'new');
  const keyIds = [id, second].map((entry) =>
    fs.readFileSync(entryFile('keys', entry)).subarray(16, 32).toString('hex'),
  );
  assert.notEqual(keyIds[0], keyIds[1]);
  reopened.close();
  const keyFile = fs.readdirSync(path.join(directory, 'keys/keys')).sort()[0] ?? '';
  fs.rmSync(path.join(directory, 'keys/keys', keyFile));
  const lost = openVault('keys');
  await assert.rejects(contentOf(lost, id), { code: 'vault.key_missing' });
  assert.deepEqual(
    (await lost.list()).map((item) => (item.state === 'damaged' ? item.code : item.state)),
    ['vault.key_missing', 'original-not-deleted'],
  );
  lost.close();
  fs.chmodSync(path.join(directory, 'keys/vault'), 0o755);
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
  const notes = path.join(directory, 'untold', 'vault', 'names');
  const reach = (point: string): void => {
    if (point === 'restore.placed') fs.rmSync(notes, { recursive: true });
  };
  const vault = openVault('untold', { reach });
  const [one, two] = ['one', 'two'].map((name) => path.join(directory, `untold-${name}`)) as [string, string];
  fs.writeFileSync(one, 'held');
  fs.linkSync(one, two);
  const ids = [await add(vault, one), await add(vault, two)] as const;
  for (const [at, file] of [one, two].entries()) {
    fs.rmSync(file);
    vault.settle(ids[at] ?? '');
  }
  await vault.restore(ids[0]);
  assert.equal(fs.readFileSync(one, 'utf8'), 'held');
  assert.deepEqual(
    (await vault.list()).map(({ id }) => id),
    [ids[1]],
    'what stands again is no longer held',
  );
});
