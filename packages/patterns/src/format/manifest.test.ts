// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { isReleaseFileName, manifestSchema, RELEASE_LIMITS } from './manifest.ts';

const FILE = { name: 'a.ndb', bytes: 1, sha256: 'ab'.repeat(32) };
const MANIFEST = {
  format: 1,
  id: `set-${'0'.repeat(12)}`,
  source: '/srv/set',
  createdAt: '2027-03-01T00:00:00.000Z',
  files: [FILE],
  loaded: { clamav: 1, yara: 0 },
  leftOut: [{ name: 'b.yar', reason: 'b.yar:1: x' }],
};
const times = <T>(length: number, one: T): readonly T[] => Array.from({ length }, () => one);
const isOne = (change: object): boolean => manifestSchema.safeParse({ ...MANIFEST, ...change }).success;

test('a manifest says of which bytes a release is made; what it cannot say is none', () => {
  assert.deepEqual(manifestSchema.parse(MANIFEST), MANIFEST);
  assert.ok(isOne({ loaded: null, leftOut: undefined, files: [] }));
  const { fileBytesMax, filesMax } = RELEASE_LIMITS;
  assert.ok(isOne({ files: [{ ...FILE, bytes: fileBytesMax }] }) && isOne({ files: times(filesMax, FILE) }));
  for (const change of [
    { format: 2 },
    { files: [{ ...FILE, bytes: fileBytesMax + 1 }] },
    { files: [{ ...FILE, bytes: -1 }] },
    { files: [{ ...FILE, bytes: 0.5 }] },
    { files: [{ ...FILE, sha256: 'AB'.repeat(32) }] },
    { files: [{ ...FILE, sha256: `${FILE.sha256}a` }] },
    { files: [{ ...FILE, sha256: FILE.sha256.slice(1) }] },
    { files: [{ ...FILE, sha256: `a\n${FILE.sha256}` }] },
    { files: [{ ...FILE, name: '../a' }] },
    { files: times(filesMax + 1, FILE) },
    { leftOut: times(filesMax + 1, { name: 'b', reason: '' }) },
    { leftOut: [{ name: 'b', reason: 'x'.repeat(1_001) }] },
    { leftOut: [{ name: '/b', reason: '' }] },
    { loaded: { clamav: -1, yara: 0 } },
    { loaded: { clamav: 1, yara: 0.5 } },
    { source: 'x'.repeat(4_097) },
    { createdAt: 'yesterday' },
  ])
    assert.equal(isOne(change), false, JSON.stringify(change).slice(0, 100));
});

test('a release’s name is a directory’s: letters, digits, dots and dashes, with twelve digits at its end', () => {
  const digits = '0123456789ab';
  for (const id of [`a-${digits}`, `0.b-c-${digits}`, `${'x'.repeat(64)}-${digits}`]) assert.ok(isOne({ id }), id);
  for (const id of [
    `-${digits}`,
    `.-${digits}`,
    `..-${digits}`,
    `A-${digits}`,
    `a/b-${digits}`,
    `${'x'.repeat(65)}-${digits}`,
    `a-${digits}0`,
    `a-${digits.slice(1)}`,
    `a-${digits.toUpperCase()}`,
    `a${digits}`,
    `../a-${digits}`,
    `a-${digits}/..`,
  ])
    assert.equal(isOne({ id }), false, id);
});

test('a file’s name can travel: into manifests, shells and other file systems', () => {
  for (const name of ['a', 'Main.cvd', '0_a+b-c.yar', `a${'x'.repeat(127)}`]) assert.ok(isReleaseFileName(name), name);
  for (const name of ['', '.a', '-a', '_a', 'a b', 'a/b', 'a\n', 'ä', 'a\0', `a${'x'.repeat(128)}`, 'a;b', '/a'])
    assert.equal(isReleaseFileName(name), false, JSON.stringify(name));
});
