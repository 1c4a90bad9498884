// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readMounts, TreeWalk, type WalkEntry, type WalkOptions } from './index.ts';

let directory: string;
before(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-walk-'));
});
after(() => {
  execFileSync('rm', ['-rf', directory]);
});

async function walk(options: WalkOptions): Promise<WalkEntry[]> {
  const opened = new TreeWalk(options);
  const entries: WalkEntry[] = [];
  for (let batch = await opened.next(); batch !== null; batch = await opened.next()) {
    assert.ok(batch.length <= 256);
    entries.push(...batch);
  }
  return entries;
}

function paths(entries: readonly WalkEntry[]): string[] {
  return entries.map((entry) => entry.path.toString('latin1'));
}

function makeTree(name: string): string {
  const root = path.join(directory, name);
  for (const part of ['a', 'a/deep', 'a-b', 'B', 'c/x/y']) fs.mkdirSync(path.join(root, part), { recursive: true });
  for (const file of ['a/1', 'a/deep/2', 'a.txt', 'a-b/3', 'B/4', 'c/x/y/5', 'z'])
    fs.writeFileSync(path.join(root, file), file);
  fs.symlinkSync('/etc', path.join(root, 'link'));
  return root;
}

/** The order by definition: each directory before its children, names bytewise. */
function expectedOrder(root: Buffer): Buffer[] {
  const order: Buffer[] = [];
  for (const name of fs.readdirSync(root, { encoding: 'buffer' }).sort((left, right) => Buffer.compare(left, right))) {
    const child = Buffer.concat([root, Buffer.from('/'), name]);
    order.push(child);
    if (fs.lstatSync(child).isDirectory()) order.push(...expectedOrder(child));
  }
  return order;
}

test('SC-1a: the walk tells every entry once, in bytewise pre-order, and follows no link', async () => {
  const root = makeTree('order');
  const entries = await walk({ root: Buffer.from(root) });
  assert.deepEqual(paths(entries), [
    root,
    ...expectedOrder(Buffer.from(root)).map((entry) => entry.toString('latin1')),
  ]);
  const link = entries.find((entry) => entry.path.toString() === path.join(root, 'link'));
  assert.equal(link?.type, 'symlink');
  const stat = fs.lstatSync(path.join(root, 'z'), { bigint: true });
  const { identity } = entries.at(-1) ?? assert.fail('nothing walked');
  assert.deepEqual(
    [identity.inode, identity.device, identity.mtimeNs, identity.ctimeNs, BigInt(identity.size), identity.mode],
    [stat.ino, stat.dev, stat.mtimeNs, stat.ctimeNs, stat.size, Number(stat.mode)],
  );
});

test('from every cursor the walk goes on with exactly what is left', async () => {
  const root = makeTree('cursor');
  const all = paths(await walk({ root: Buffer.from(root) }));
  for (const [index, cursor] of all.entries()) {
    const rest = await walk({ root: Buffer.from(root), cursor: Buffer.from(cursor, 'latin1') });
    assert.deepEqual(paths(rest), all.slice(index + 1), `cursor ${cursor}`);
  }
  // A cursor that has gone since: on from where it would stand.
  const gone = await walk({ root: Buffer.from(root), cursor: Buffer.from(path.join(root, 'a/nothing/there')) });
  assert.deepEqual(paths(gone), all.slice(all.indexOf(path.join(root, 'a-b'))));
});

test('RT-2b, RT-2c: pruned directories are told and not entered; a walk without sub-directories stays in its directory', async () => {
  const root = makeTree('prune');
  const pruned = await walk({
    root: Buffer.from(root),
    prune: [Buffer.from(path.join(root, 'a/')), Buffer.from(path.join(root, 'c/x'))],
  });
  assert.deepEqual(
    pruned
      .filter((entry) => entry.type !== 'mount' && entry.pruned)
      .map((entry) => path.relative(root, entry.path.toString())),
    ['a', 'c/x'],
  );
  assert.ok(!paths(pruned).some((entry) => entry.startsWith(path.join(root, 'a/'))));
  const flat = await walk({ root: Buffer.from(root), subdirectories: false });
  assert.deepEqual(
    paths(flat).map((entry) => path.relative(root, entry)),
    ['', 'B', 'a', 'a-b', 'a.txt', 'c', 'link', 'z'],
  );
});

test('SC-1a: names with new lines and invalid UTF-8, and special files, are told as they are', async () => {
  const root = path.join(directory, 'names');
  fs.mkdirSync(root);
  const names = [Buffer.from('new\nline'), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from(' '), Buffer.from('\u00fc')];
  for (const name of names) fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), 'x');
  execFileSync('mkfifo', [path.join(root, 'fifo')]);
  const entries = await walk({ root: Buffer.from(root) });
  const found = entries.slice(1).map((entry) => entry.path.subarray(root.length + 1));
  assert.deepEqual(
    found,
    [...names, Buffer.from('fifo')].sort((left, right) => Buffer.compare(left, right)),
  );
  assert.equal(entries.find((entry) => entry.path.toString().endsWith('fifo'))?.type, 'fifo');
});

test('SC-1a: a tree deeper than PATH_MAX and than our descriptors is walked to its end, and back', async () => {
  const root = path.join(directory, 'deep');
  fs.mkdirSync(root);
  const name = 'd'.repeat(100);
  execFileSync('bash', [
    '-c',
    `cd "$0" && for i in $(seq 1 90); do mkdir ${name} && touch ${name}-after && cd ${name}; done; echo x > bottom`,
    root,
  ]);
  const entries = await walk({ root: Buffer.from(root) });
  assert.equal(entries.length, 1 + 90 * 2 + 1);
  assert.deepEqual(
    entries.filter((entry) => entry.error !== null),
    [],
  );
  assert.equal(Math.max(...entries.map((entry) => entry.path.length)), root.length + 90 * 101 + '/bottom'.length);
  const bottom =
    entries.find((entry) => entry.path.toString().endsWith('/bottom')) ?? assert.fail('the bottom is missing');
  const rest = await walk({ root: Buffer.from(root), cursor: bottom.path });
  assert.equal(rest.length, 90);
});

test('SC-1a: a directory that changes while it is walked gives errors as entries, never an end', async () => {
  const root = path.join(directory, 'changing');
  for (let index = 0; index < 600; index++)
    fs.mkdirSync(path.join(root, `d${String(index).padStart(4, '0')}`), { recursive: true });
  const opened = new TreeWalk({ root: Buffer.from(root) });
  const first = (await opened.next()) ?? assert.fail('no batch');
  fs.rmSync(path.join(root, 'd0500'), { recursive: true });
  const rest: WalkEntry[] = [];
  for (let batch = await opened.next(); batch !== null; batch = await opened.next()) rest.push(...batch);
  assert.equal(first.length + rest.length, 601);
  const vanished = rest.filter((entry) => entry.error !== null);
  assert.deepEqual(
    vanished.map((entry) => [path.basename(entry.path.toString()), entry.error]),
    [['d0500', 'ENOENT']],
  );
});

test('SC-1a: a root that is not there, or is a file, is one entry', async () => {
  const missing = await walk({ root: Buffer.from(path.join(directory, 'missing')) });
  assert.deepEqual(
    missing.map((entry) => [entry.type, entry.error]),
    [['unknown', 'ENOENT']],
  );
  const file = path.join(directory, 'file');
  fs.writeFileSync(file, 'x');
  assert.deepEqual(
    (await walk({ root: Buffer.from(file) })).map((entry) => entry.type),
    ['regular'],
  );
  assert.throws(() => new TreeWalk({ root: Buffer.from('relative') }), { code: 'EINVAL' });
});

test('SC-1a: no descriptor is left when a walk is closed early', async () => {
  const root = makeTree('closed');
  const open = (): number => fs.readdirSync('/proc/self/fd').length;
  const atFirst = open();
  for (let round = 0; round < 20; round++) {
    const opened = new TreeWalk({ root: Buffer.from(root) });
    const pending = opened.next();
    opened.close();
    await pending;
    assert.equal(await opened.next(), null);
  }
  assert.ok(open() <= atFirst + 1, `${atFirst} descriptors before, ${open()} after`);
});

test("LM-8b: the kernel's mount table is read with its escapes", () => {
  const file = path.join(directory, 'mountinfo');
  const overlay =
    '37 36 0:50 / /merged rw - overlay none rw,lowerdir=/a\\134:b:/c,upperdir=/with\\040space,workdir=/w,lowerdir+=/d:e\n';
  fs.writeFileSync(file, `36 35 98:0 /mnt1 /with\\040space\\134 ro,noatime shared:1 - ext4 /dev/root rw\n${overlay}`);
  const [first, second] = readMounts(file);
  assert.deepEqual(second?.layers.map(String), ['/a:b', '/c', '/with space', '/d:e']);
  assert.deepEqual(
    [first],
    [
      {
        id: 36,
        parentId: 35,
        device: '98:0',
        root: Buffer.from('/mnt1'),
        mountPoint: Buffer.from('/with space\\'),
        fileSystemType: 'ext4',
        source: '/dev/root',
        readOnly: true,
        layers: [],
      },
    ],
  );
  assert.ok(readMounts().some((mount) => mount.mountPoint.toString() === '/'));
});

test('however little memory there is for names, order and cursor are the same', async (context) => {
  const seed = Number(process.env['LAZARET_SEED'] ?? 7);
  context.diagnostic(`seed ${seed}`);
  const root = path.join(directory, 'bounded');
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const folders = [root];
  fs.mkdirSync(root);
  for (let index = 0; index < 1500; index++) {
    const parent = folders[random(folders.length)] ?? root;
    const name = path.join(parent, `${'n'.repeat(random(30))}${random(100_000)}`);
    if (fs.existsSync(name)) continue;
    if (random(4) > 0) fs.writeFileSync(name, '');
    else {
      fs.mkdirSync(name);
      folders.push(name);
    }
  }
  const expected = [root, ...expectedOrder(Buffer.from(root)).map((entry) => entry.toString('latin1'))];
  for (const [directoryNameBytesMax, nameBytesMax] of [
    [8_000_000, 64_000_000],
    [2000, 64_000_000],
    [200, 4000],
    [60, 1],
    [1, 1],
  ] as const) {
    const options = { root: Buffer.from(root), directoryNameBytesMax, nameBytesMax };
    assert.deepEqual(paths(await walk(options)), expected, `${directoryNameBytesMax} and ${nameBytesMax} bytes`);
    const at = random(expected.length);
    const rest = await walk({ ...options, cursor: Buffer.from(expected[at] ?? '', 'latin1') });
    assert.deepEqual(paths(rest), expected.slice(at + 1), `from ${at}`);
  }
});
