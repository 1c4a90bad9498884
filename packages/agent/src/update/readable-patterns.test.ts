// SPDX-License-Identifier: Apache-2.0
// Which directory the scanner, which is nobody, is given for the one that a person named. Who may write into that one: given-file.test.ts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { readablePatterns } from './readable-patterns.ts';

function place(t: Parameters<typeof temporaryDirectory>[0], files: readonly string[] = ['a.ndb', 'b.yar']) {
  const base = temporaryDirectory(t);
  const given = join(base, 'given');
  mkdirSync(given);
  for (const name of files) writeFileSync(join(given, name), `text of ${name}`);
  for (const name of files) chmodSync(join(given, name), 0o644);
  chmodSync(given, 0o755);
  return { base, given, copy: join(base, 'copy') };
}

test('a directory that everyone may read is read where it is', (t) => {
  const { given, copy } = place(t);
  writeFileSync(join(given, 'notes.txt'), '', { mode: 0o600 });
  assert.equal(readablePatterns(given, copy), given);
  assert.ok(!existsSync(copy));
});

test('of one that is closed, or holds a file that is, the patterns are copied, readable', (t) => {
  const closings: readonly ((given: string) => void)[] = [
    (given) => chmodSync(given, 0o700),
    (given) => chmodSync(given, 0o704),
    (given) => chmodSync(given, 0o701),
    (given) => chmodSync(join(given, 'b.yar'), 0o600),
    (given) => symlinkSync('a.ndb', join(given, 'c.ndb')),
  ];
  for (const close of closings) {
    const { given, copy } = place(t);
    writeFileSync(join(given, 'notes.txt'), '');
    close(given);
    const open = readdirSync('/proc/self/fd').length;
    assert.equal(readablePatterns(given, copy), copy);
    assert.equal(readdirSync('/proc/self/fd').length, open);
    const names = readdirSync(copy).toSorted();
    assert.deepEqual(
      names,
      readdirSync(given)
        .filter((name) => name !== 'notes.txt')
        .toSorted(),
    );
    for (const name of names) {
      assert.equal(readFileSync(join(copy, name), 'utf8'), readFileSync(join(given, name), 'utf8'));
      assert.equal(statSync(join(copy, name)).mode & 0o777, 0o644);
    }
    assert.equal(statSync(copy).mode & 0o005, 0o005);
  }
});

test('where no pattern lies, or no directory is, it is said', (t) => {
  const { base, given, copy } = place(t, ['README.md', 'types.json']);
  const read = 'ClamAV files (.cvd .cld .ndb .hdb .hsb .ldb and others) or YARA rules (.yar .yara)';
  for (const [path, code, message] of [
    [given, 'patterns.empty', `${given} contains no pattern file: ${read}.`],
    [
      join(given, 'README.md'),
      'patterns.no_directory',
      `${given}/README.md is a file. Patterns are loaded from a directory with ${read}. Put the file into a directory, and give that directory.`,
    ],
    [join(base, 'nowhere'), 'path.not_found', `${base}/nowhere does not exist.`],
  ] as const)
    assert.throws(() => readablePatterns(path, copy), { code, where: path, message });
  assert.ok(!existsSync(copy));
});

test('what cannot be read is said with its place: the directory, what leads to it, a file in it', (t) => {
  const { base, given, copy } = place(t);
  const faultOfNobody = (): unknown => {
    process.seteuid?.(65_534);
    try {
      return readablePatterns(given, copy);
    } catch (error) {
      return error;
    } finally {
      process.seteuid?.(0);
    }
  };
  for (const [path, mode, where] of [
    [given, 0o711, given],
    [base, 0o700, given],
    [given, 0o744, join(given, 'a.ndb')],
  ] as const) {
    for (const directory of [base, given]) chmodSync(directory, 0o777);
    chmodSync(path, mode);
    const fault = faultOfNobody();
    assert.ok(fault instanceof LazaretError, `${path} ${mode.toString(8)}`);
    assert.deepEqual([fault.code, fault.where], ['patterns.unreadable', where]);
    assert.match(fault.message, /cannot be read\. The operating system refuses it \(EACCES\)/);
  }
});

test('a copy is readable whatever the umask, and a link to a directory is copied as what it leads to', (t) => {
  const { base, given, copy } = place(t);
  const linked = join(base, 'linked');
  symlinkSync(given, linked);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  assert.equal(readablePatterns(linked, copy), copy);
  process.umask(before);
  assert.deepEqual(
    [copy, join(copy, 'a.ndb')].map((path) => statSync(path).mode & 0o777),
    [0o755, 0o644],
  );
});
