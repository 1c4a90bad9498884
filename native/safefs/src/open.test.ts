// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openAsCaller, openForScan, type OpenResult } from './index.ts';

const NOBODY = { uid: 65_534, gid: 65_534, groups: [] };
let directory: string;
before(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-open-'));
  fs.chmodSync(directory, 0o755);
});
after(() => {
  execFileSync('rm', ['-rf', directory]);
});

function codeOf(result: OpenResult | undefined): string {
  if (result === undefined) return 'no answer';
  if (!result.opened) return result.code;
  fs.closeSync(result.fd);
  return 'opened';
}

async function codes(names: readonly string[], options = {}): Promise<string[]> {
  const results = await openForScan(
    names.map((name) => ({ path: Buffer.from(path.join(directory, name)) })),
    options,
  );
  return results.map(codeOf);
}

test('AC-9b: what is opened for a scan is a regular file, under its own identity, and its access time stays', async () => {
  const file = path.join(directory, 'plain');
  fs.writeFileSync(file, 'content');
  const before = fs.statSync(file, { bigint: true });
  const [result] = await openForScan([{ path: Buffer.from(file) }]);
  assert.ok(result?.opened);
  assert.equal(fs.readFileSync(result.fd, 'utf8'), 'content');
  assert.deepEqual([result.identity.inode, result.identity.device, result.identity.nlink], [before.ino, before.dev, 1]);
  assert.match(result.identity.handle ?? '', /^\d+:[0-9a-f]+$/);
  assert.match(result.identity.fileSystem ?? '', /^(fsid:)?[0-9a-f]+$/);
  assert.ok(result.identity.mountId > 0);
  fs.closeSync(result.fd);
  assert.equal(fs.statSync(file, { bigint: true }).atimeNs, before.atimeNs);
});

test('SC-1a: FIFO, device, directory, link and missing file are answered by name, without opening or waiting', async () => {
  execFileSync('mkfifo', [path.join(directory, 'fifo')]);
  execFileSync('mknod', [path.join(directory, 'null'), 'c', '1', '3']);
  fs.symlinkSync('plain', path.join(directory, 'link'));
  fs.mkdirSync(path.join(directory, 'folder'));
  assert.deepEqual(await codes(['fifo', 'null', 'folder', 'link', 'missing']), [
    'NOT_REGULAR',
    'NOT_REGULAR',
    'NOT_REGULAR',
    'NOT_REGULAR',
    'ENOENT',
  ]);
});

test('AC-9b: a link in the middle is followed only where that was asked for, a magic link never', async () => {
  fs.mkdirSync(path.join(directory, 'real'));
  fs.writeFileSync(path.join(directory, 'real/file'), 'x');
  fs.symlinkSync('real', path.join(directory, 'alias'));
  assert.deepEqual(await codes(['alias/file']), ['opened']);
  assert.deepEqual(await codes(['alias/file'], { noSymlinks: true }), ['ELOOP']);
  const fd = fs.openSync(path.join(directory, 'real/file'), 'r');
  const [magic] = await openForScan([{ path: Buffer.from(`/proc/self/fd/${fd}`) }], { followLast: true });
  fs.closeSync(fd);
  assert.equal(codeOf(magic), 'ELOOP');
});

test('SC-1a: a path longer than PATH_MAX is opened piece by piece', async () => {
  const name = 'p'.repeat(200);
  execFileSync('bash', [
    '-c',
    `cd "$0" && for i in $(seq 1 30); do mkdir ${name} && cd ${name}; done; printf bottom > file`,
    directory,
  ]);
  const long = [directory, ...Array.from({ length: 30 }, () => name), 'file'].join('/');
  assert.ok(long.length > 6000);
  const [result] = await openForScan([{ path: Buffer.from(long) }], { noSymlinks: true });
  assert.ok(result?.opened);
  assert.equal(fs.readFileSync(result.fd, 'utf8'), 'bottom');
  fs.closeSync(result.fd);
});

test("a file is opened with the caller's rights and no others, and the next open has our own again", async () => {
  const secret = path.join(directory, 'secret');
  const open = path.join(directory, 'public');
  const group = path.join(directory, 'group');
  fs.writeFileSync(secret, 'x', { mode: 0o600 });
  fs.writeFileSync(open, 'x', { mode: 0o644 });
  fs.writeFileSync(group, 'x', { mode: 0o640 });
  fs.chownSync(group, 0, 4242);
  for (let round = 0; round < 20; round++) {
    assert.equal(codeOf(await openAsCaller(Buffer.from(secret), NOBODY)), 'EACCES');
    assert.equal(codeOf(await openAsCaller(Buffer.from(open), NOBODY)), 'opened');
    assert.equal(codeOf(await openAsCaller(Buffer.from(group), NOBODY)), 'EACCES');
    assert.equal(codeOf(await openAsCaller(Buffer.from(group), { ...NOBODY, groups: [4242] })), 'opened');
    assert.equal(codeOf((await openForScan([{ path: Buffer.from(secret) }]))[0]), 'opened');
  }
  assert.equal(codeOf(await openAsCaller(Buffer.from('/proc/self/maps'), NOBODY)), 'EACCES');
});
