// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { readablePatterns } from './readable-patterns.ts';
import { releaseStore } from './release-store.ts';

const USER = 4_321;
const signature = makeMarker('Test.Given').signature;

/** A directory of a user's, a secret of root's beside it, and both ways to take patterns. */
function place(t: Parameters<typeof temporaryDirectory>[0]) {
  const base = temporaryDirectory(t);
  const [given, secret] = [join(base, 'given'), join(base, 'secret')];
  mkdirSync(given);
  writeFileSync(join(given, 'own.ndb'), signature);
  writeFileSync(secret, 'root:hash:1::\n', { mode: 0o600 });
  chownSync(join(given, 'own.ndb'), USER, USER);
  chownSync(given, USER, USER);
  chmodSync(given, 0o700);
  let copies = 0;
  const ways = [
    async () => void (await releaseStore(join(base, 'store')).importFrom([given], 'given', '2026-01-01T00:00:00Z')),
    async () => void readablePatterns(given, join(base, `copy-${copies++}`)),
  ];
  return { base, given, secret, ways };
}

const plants: readonly (readonly [string, (secret: string, path: string) => void])[] = [
  ['a symbolic link', (secret, path) => symlinkSync(secret, path)],
  ['a hard link', (secret, path) => linkSync(secret, path)],
];

test('who may write into a directory of patterns has root copy no file of somebody else', {
  timeout: 180_000,
}, async (t) => {
  const { given, secret, ways } = place(t);
  for (const way of ways) await way();
  for (const [what, plant] of plants)
    for (const way of ways) {
      const path = join(given, 'planted.ndb');
      plant(secret, path);
      await assert.rejects(way(), { code: 'patterns.foreign_file' }, what);
      unlinkSync(path);
    }
});

test('a pipe keeps nobody waiting', { timeout: 180_000 }, async (t) => {
  const { given, ways } = place(t);
  assert.equal(spawnSync('mkfifo', [join(given, 'pipe.ndb')]).status, 0);
  for (const way of ways)
    await way().catch((error: unknown) => assert.equal((error as { code?: string }).code, 'patterns.foreign_file'));
});

test('in a directory that is root’s alone links are followed, as an administrator set them', async (t) => {
  const { base, given, ways } = place(t);
  writeFileSync(join(base, 'elsewhere.ndb'), signature);
  for (const name of readdirSync(given)) unlinkSync(join(given, name));
  chownSync(given, 0, 0);
  symlinkSync(join(base, 'elsewhere.ndb'), join(given, 'linked.ndb'));
  for (const way of ways) await way();
});
