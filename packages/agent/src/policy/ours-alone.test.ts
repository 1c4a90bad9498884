// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { requireOurs } from './ours-alone.ts';

const USER = 4_321;
const GROUP = 4_322;

/** A policy two directories deep, and what is refused of it: the place that others may write, or nothing. */
function place(t: TestContext) {
  const base = temporaryDirectory(t);
  const [above, directory] = [join(base, 'above'), join(base, 'above/place')];
  const path = join(directory, 'policy.yaml');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, '{}');
  for (const one of [base, above, directory]) chmodSync(one, 0o755);
  chmodSync(path, 0o644);
  const set = (one: string, mode: number, user = 0, group = 0): void => {
    chownSync(one, user, group);
    chmodSync(one, mode);
  };
  const refused = (named = path): string | null => {
    try {
      requireOurs(named, statSync(named));
      return null;
    } catch (error) {
      const { code, message, where } = error as { code: string; message: string; where: string };
      assert.deepEqual([code, where], ['policy.foreign_file', named]);
      const words = `${named} is not accepted as a policy, because users other than root can write to `;
      assert.ok(message.startsWith(words) && message.endsWith('.'), message);
      return message.slice(words.length, -1);
    }
  };
  return { base, above, directory, path, set, refused };
}

test('a policy is taken from a file that root alone may write; root’s group is root', (t) => {
  const { path, set, refused } = place(t);
  for (const [mode, user, group, isTaken] of [
    [0o600, 0, 0, true],
    [0o664, 0, 0, true],
    [0o644, 0, GROUP, true],
    [0o664, 0, GROUP, false],
    [0o646, 0, 0, false],
    [0o646, 0, GROUP, false],
    [0o600, USER, 0, false],
  ] as const) {
    set(path, mode, user, group);
    assert.equal(refused(), isTaken ? null : path, `${mode.toString(8)} ${user} ${group}`);
  }
});

test('so must every directory on the way to it be, and the one that is not is named; where only the owner may replace a file is good', (t) => {
  const { above, directory, set, refused } = place(t);
  for (const one of [directory, above])
    for (const [mode, user, group, isTaken] of [
      [0o775, 0, 0, true],
      [0o775, 0, GROUP, false],
      [0o777, 0, 0, false],
      [0o1777, 0, 0, true],
      [0o1775, 0, GROUP, true],
      [0o755, USER, 0, false],
      [0o1777, USER, 0, false],
    ] as const) {
      set(one, mode, user, group);
      assert.equal(refused(), isTaken ? null : one, `${one} ${mode.toString(8)} ${user} ${group}`);
      set(one, 0o755);
    }
});

test('of a link the way to what it leads to counts', (t) => {
  const { base, directory, path, set, refused } = place(t);
  const link = join(base, 'link.yaml');
  symlinkSync(path, link);
  assert.equal(refused(link), null);
  set(directory, 0o777);
  assert.equal(refused(link), directory);
});

test('who is not root takes a policy of its own, or of root’s', (t) => {
  const { path, set, refused } = place(t);
  const asUser = (): string | null => {
    process.seteuid?.(USER);
    try {
      return refused();
    } finally {
      process.seteuid?.(0);
    }
  };
  assert.equal(asUser(), null, 'of root');
  set(path, 0o644, USER);
  assert.deepEqual([refused(), asUser()], [path, null], 'its own');
  set(path, 0o644, USER + 1);
  assert.equal(asUser(), path, 'of somebody else');
});
