// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { ensureOpenDirectory } from './open-directory.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

test('every user may enter it, whatever the umask', (t) => {
  const base = temporaryDirectory(t);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  for (const umask of [0o077, 0]) {
    process.umask(umask);
    const path = join(base, umask.toString(8));
    ensureOpenDirectory(path);
    assert.equal(modeOf(path), 0o755);
  }
});

test('one that is there stays as an administrator set it', (t) => {
  const path = join(temporaryDirectory(t), 'clamd');
  mkdirSync(path);
  chmodSync(path, 0o750);
  ensureOpenDirectory(path);
  assert.equal(modeOf(path), 0o750);
});

test('one that others may write to, of somebody else, or a link is refused, and stays as it is', (t) => {
  const base = temporaryDirectory(t);
  const make = (name: string, mode: number, owner = 0): string => {
    const path = join(base, name);
    mkdirSync(path);
    chownSync(path, owner, owner);
    chmodSync(path, mode);
    return path;
  };
  const link = join(base, 'link');
  symlinkSync(make('target', 0o755), link);
  for (const path of [make('group', 0o775), make('all', 0o757), make('theirs', 0o755, 4_321), link]) {
    const before = modeOf(path);
    const refused = {
      code: 'agent.unsafe_directory',
      where: path,
      message: 'This directory must belong to the user of the agent, and only that user may write to it.',
    };
    assert.throws(() => ensureOpenDirectory(path), refused);
    assert.equal(modeOf(path), before);
  }
});
