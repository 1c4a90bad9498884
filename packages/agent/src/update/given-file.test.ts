// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { openGivenFile, statGivenFile } from './given-file.ts';
import { readablePatterns } from './readable-patterns.ts';
import { releaseStore } from './release-store.ts';
import { pathOfDescriptor } from '@lazaret/host';

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
    async () =>
      void (await releaseStore(join(base, 'store')).importFrom(
        { directories: [given], label: 'given' },
        '2026-01-01T00:00:00Z',
      )),
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

/** The text of what is opened, or what is said instead. No descriptor stays. */
function openedIn(directory: string, name: string): string {
  const before = readdirSync('/proc/self/fd').length;
  try {
    const descriptor = openGivenFile(directory, name);
    const text = readFileSync(pathOfDescriptor(descriptor), 'utf8');
    closeSync(descriptor);
    return text;
  } catch (error) {
    const { code, message, where } = error as { code?: string; message: string; where?: string };
    if (code !== 'patterns.foreign_file') return String(code);
    assert.equal(where, join(directory, name));
    return message.replace(`${where} is not accepted: `, '');
  } finally {
    assert.equal(readdirSync('/proc/self/fd').length, before);
  }
}

test('in a directory of a user’s a file is his, or root’s without another name; what is not says why', (t) => {
  const { given, secret } = place(t);
  const put = (name: string, owner: number): void => {
    writeFileSync(join(given, name), name);
    chownSync(join(given, name), owner, owner);
  };
  put('his.ndb', USER);
  put('ours.ndb', 0);
  put('theirs.ndb', USER + 1);
  put('two.ndb', 0);
  linkSync(join(given, 'two.ndb'), join(given, 'names.ndb'));
  linkSync(join(given, 'his.ndb'), join(given, 'his-too.ndb'));
  symlinkSync(secret, join(given, 'link.ndb'));
  mkdirSync(join(given, 'folder.ndb'));
  const somebody = 'its owner is not the owner of its directory.';
  const rows: readonly (readonly [string, string])[] = [
    ['his.ndb', 'his.ndb'],
    ['his-too.ndb', 'his.ndb'],
    ['ours.ndb', 'ours.ndb'],
    ['theirs.ndb', somebody],
    ['two.ndb', somebody],
    ['link.ndb', 'it is a link, and users other than root can write to its directory.'],
    ['folder.ndb', 'it is not a regular file.'],
    ['nothing.ndb', 'patterns.file_gone'],
    [`${'x'.repeat(300)}.ndb`, 'patterns.file_gone'],
  ];
  for (const [name, told] of rows) assert.equal(openedIn(given, name), told, name);
});

test('a directory of root’s is root’s alone only where nobody else may write', (t) => {
  const { base, given } = place(t);
  writeFileSync(join(base, 'elsewhere.ndb'), 'elsewhere');
  chownSync(given, 0, 0);
  symlinkSync(join(base, 'elsewhere.ndb'), join(given, 'link.ndb'));
  symlinkSync('loop.ndb', join(given, 'loop.ndb'));
  symlinkSync('own.ndb/below', join(given, 'below.ndb'));
  symlinkSync('x'.repeat(300), join(given, 'long.ndb'));
  const link = 'it is a link, and users other than root can write to its directory.';
  for (const [mode, told] of [
    [0o755, 'elsewhere'],
    [0o775, link],
    [0o757, link],
  ] as const) {
    chmodSync(given, mode);
    assert.equal(openedIn(given, 'link.ndb'), told, mode.toString(8));
  }
  chmodSync(given, 0o755);
  for (const name of ['loop.ndb', 'below.ndb', 'long.ndb'])
    assert.equal(openedIn(given, name), 'patterns.file_gone', name);
  assert.equal(openedIn(given, 'own.ndb'), signature);
});

test('in a directory of root’s alone a file may be anybody’s', (t) => {
  const { given } = place(t);
  writeFileSync(join(given, 'theirs.ndb'), 'theirs');
  chownSync(join(given, 'theirs.ndb'), USER + 1, USER + 1);
  chownSync(given, 0, 0);
  assert.equal(openedIn(given, 'theirs.ndb'), 'theirs');
});

test('who is not root follows links of a directory of its own, and of root’s', (t) => {
  const { base, given } = place(t);
  writeFileSync(join(base, 'elsewhere.ndb'), 'elsewhere');
  symlinkSync(join(base, 'elsewhere.ndb'), join(given, 'link.ndb'));
  chmodSync(base, 0o755);
  chmodSync(given, 0o755);
  const link = 'it is a link, and users other than root can write to its directory.';
  for (const [owner, told] of [
    [USER, 'elsewhere'],
    [0, 'elsewhere'],
    [USER + 1, link],
  ] as const) {
    chownSync(given, owner, owner);
    process.seteuid?.(USER);
    try {
      assert.equal(openedIn(given, 'link.ndb'), told, String(owner));
    } finally {
      process.seteuid?.(0);
    }
  }
});

test('what a name stands for is told, or that it leads nowhere; a fault of ours as it is', (t) => {
  const { given } = place(t);
  const where = join(given, 'nothing.ndb');
  assert.ok(statGivenFile(join(given, 'own.ndb')).isFile());
  symlinkSync('loop.ndb', join(given, 'loop.ndb'));
  const message = `${where} is a broken link, or it disappeared while it was read.`;
  assert.throws(
    () => statGivenFile(where),
    (error) => {
      const { code, cause, ...told } = error as { code: string; cause: unknown; where: string; message: string };
      assert.deepEqual([code, told.where, (error as Error).message], ['patterns.file_gone', where, message]);
      return cause instanceof Error;
    },
  );
  assert.throws(() => statGivenFile(join(given, 'loop.ndb')), { code: 'patterns.file_gone' });
  assert.throws(() => statGivenFile(join(given, 'own.ndb/x')), { code: 'patterns.file_gone' });
  assert.throws(() => statGivenFile('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => openGivenFile(given, 'nothing.ndb'), { code: 'patterns.file_gone', where, message });
});
