// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import { writeFileAtomic } from './write-file-atomic.ts';

test('a file is replaced as a whole, with its mode, and nothing lies beside it', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  for (const text of ['old', 'new and longer', '']) {
    writeFileAtomic(path, text, 0o600);
    assert.equal(readFileSync(path, 'utf8'), text);
  }
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('where the disk has room for a part alone, the old file stays as it is, and no part of the new one', async (t) => {
  const mounts = await PrivateMounts.open('mkdir disk; mount -t tmpfs -o size=64k,mode=755 none disk');
  t.after(() => mounts.close());
  const path = mounts.path('disk', 'file');
  writeFileAtomic(path, 'old', 0o600);
  writeFileSync(mounts.path('disk', 'ballast'), Buffer.alloc(40 * 1024));
  assert.throws(() => writeFileAtomic(path, 'x'.repeat(60 * 1024), 0o600), { code: 'ENOSPC' });
  assert.equal(readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(readdirSync(mounts.path('disk')).toSorted(), ['ballast', 'file']);
});
