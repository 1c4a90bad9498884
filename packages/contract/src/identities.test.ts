// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decidedBySchema, fileIdentitySchema, sha256Schema, uuidV7 } from './identities.ts';

const HASH = 'ab'.repeat(32);

test('a hash is 64 digits in lower case, nothing before and nothing behind', () => {
  assert.ok(sha256Schema.safeParse(HASH).success);
  for (const text of ['', HASH.slice(1), `${HASH}a`, `${HASH}\n`, ` ${HASH}`, `x${HASH}`, HASH.toUpperCase()])
    assert.ok(!sha256Schema.safeParse(text).success, text);
});

test('a file is its file system and handle, with numbers as decimal text beside them', () => {
  const identity = { fileSystem: 'a'.repeat(128), handle: 'b'.repeat(512), device: '1', inode: '18446744073709551615' };
  assert.deepEqual(fileIdentitySchema.parse(identity), identity);
  assert.deepEqual(fileIdentitySchema.parse({ ...identity, fileSystem: null, handle: null }).fileSystem, null);
  for (const change of [
    { fileSystem: 'a'.repeat(129) },
    { handle: 'b'.repeat(513) },
    { device: '' },
    { device: '-1' },
    { device: 'a1' },
    { inode: '1a' },
    { inode: '1'.repeat(21) },
    { inode: 1 },
  ])
    assert.ok(!fileIdentitySchema.safeParse({ ...identity, ...change }).success, JSON.stringify(change));
});

test('an id has 48 bits of its moment and takes ten random bytes, whatever more it is given', () => {
  const random = Uint8Array.from({ length: 12 }, (_, index) => index + 1);
  const id = uuidV7(1_645_557_742_000, random);
  assert.equal(id, '017f22e2-79b0-7102-8304-05060708090a');
  assert.equal(uuidV7(1_645_557_742_000.9, random.subarray(0, 10)), id);
  assert.equal(uuidV7(2 ** 48 + 1, random).slice(0, 13), '00000000-0001');
  assert.equal(uuidV7(1, random).slice(0, 13), '00000000-0001');
});

test('what decided is a JSON pointer, or nothing', () => {
  for (const text of ['', '/', '/manual/exceptions/0', '/a~0b~1c', '/a//b', '/ä ö'])
    assert.ok(decidedBySchema.safeParse(text).success, text);
  for (const text of ['a', 'a/b', '/a~', '/a~2', '/~x/b', ' /a', '/a/~'])
    assert.ok(!decidedBySchema.safeParse(text).success, text);
});
