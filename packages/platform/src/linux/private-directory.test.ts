// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { makePrivateDirectory } from './private-directory.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

test('a new directory is ours alone, whatever the umask', (t) => {
  const path = join(temporaryDirectory(t), 'run');
  const before = process.umask(0);
  t.after(() => process.umask(before));
  assert.equal(makePrivateDirectory(path), true);
  assert.equal(modeOf(path), 0o700);
});

test('the rights that others had are taken away', (t) => {
  const path = join(temporaryDirectory(t), 'run');
  mkdirSync(path);
  chmodSync(path, 0o1777);
  assert.equal(makePrivateDirectory(path), true);
  assert.equal(modeOf(path), 0o700);
});

test('a link, a file and a directory of somebody else are not trusted, and stay as they are', (t) => {
  const base = temporaryDirectory(t);
  const at = (name: string): string => join(base, name);
  mkdirSync(at('theirs'), { mode: 0o755 });
  chownSync(at('theirs'), 65_534, 65_534);
  mkdirSync(at('target'), { mode: 0o755 });
  symlinkSync('target', at('link'));
  writeFileSync(at('file'), '');
  assert.equal(makePrivateDirectory(at('theirs')), false);
  assert.equal(modeOf(at('theirs')), 0o755);
  assert.equal(makePrivateDirectory(at('link')), false);
  assert.equal(modeOf(at('target')), 0o755);
  assert.throws(() => makePrivateDirectory(at('file')), { code: 'EEXIST' });
});
