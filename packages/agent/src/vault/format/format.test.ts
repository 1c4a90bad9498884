// SPDX-License-Identifier: Apache-2.0
// The bytes of an entry, against docs/reference/vault-format.md and against whoever changes them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { noise, seededRandom, testSeed } from '@lazaret/testkit';
import {
  CHUNK_BYTES,
  chunkCount,
  contentBytesOf,
  corrupt,
  decodeHeader,
  deriveFileKey,
  encodeHeader,
  entryBytes,
  fileCipher,
  HEADER_BYTES,
  METADATA_BYTES_MAX,
  sealedBytes,
  TAG_BYTES,
  type Section,
} from './format.ts';

const HEADER = {
  keyId: Buffer.alloc(16, 0x11),
  salt: Buffer.alloc(32, 0x22),
  metadataBytes: 300,
  layout: { bytes: 16, dataBytes: 2 ** 33 + 5 },
};
const SECTIONS: readonly Section[] = ['metadata', 'content', 'layout'];
const corrupted = (why: string) => ({ code: 'vault.entry_corrupt', message: `the vault entry is damaged: ${why}` });

/** The header with a number of so many bytes at a place. */
function changed(at: number, bytes: number, value: number): Buffer {
  const header = encodeHeader(HEADER);
  header.writeUIntBE(value, at, bytes);
  return header;
}

test('a header is 80 bytes in the order of the document, and is read as it was written', () => {
  const bytes = encodeHeader(HEADER);
  assert.equal(
    bytes.toString('hex'),
    [
      Buffer.from('LAZVAULT').toString('hex'),
      '0002',
      '0001',
      '00010000',
      '11'.repeat(16),
      '22'.repeat(32),
      '0000012c',
      '00000010',
      '0000000200000005',
    ].join(''),
  );
  assert.equal(bytes.length, HEADER_BYTES);
  assert.deepEqual(decodeHeader(bytes), HEADER);
  assert.deepEqual(decodeHeader(Buffer.concat([bytes, Buffer.from('more')])), HEADER);
  assert.deepEqual(decodeHeader(changed(8, 2, 1)), { ...HEADER, layout: null }, 'format 1 has no table of data');
});

test('a header that is none, or names what nobody wrote, is refused', () => {
  const refused = (bytes: Buffer, why: string): void => assert.throws(() => decodeHeader(bytes), corrupted(why));
  refused(Buffer.alloc(0), 'it has no vault header');
  refused(encodeHeader(HEADER).subarray(0, HEADER_BYTES - 1), 'it has no vault header');
  for (const at of [0, 7]) refused(changed(at, 1, 0x00), 'it has no vault header');
  for (const version of [0, 3])
    assert.throws(() => decodeHeader(changed(8, 2, version)), {
      code: 'vault.unsupported_version',
      message: `the vault entry has format ${version}; this version of Lazaret reads formats 1 and 2`,
    });
  refused(changed(10, 2, 2), 'its header names no known cipher');
  refused(changed(12, 4, CHUNK_BYTES - 1), 'its header names no known cipher');
  refused(changed(64, 4, 0), 'its header names an impossible length');
  refused(changed(64, 4, METADATA_BYTES_MAX + 1), 'its header names an impossible length');
  assert.equal(decodeHeader(changed(64, 4, METADATA_BYTES_MAX)).metadataBytes, METADATA_BYTES_MAX);
});

test('lengths: a stream has at least one chunk, and each chunk its tag', () => {
  const rows: readonly (readonly [bytes: number, chunks: number])[] = [
    [0, 1],
    [1, 1],
    [CHUNK_BYTES, 1],
    [CHUNK_BYTES + 1, 2],
    [2 * CHUNK_BYTES, 2],
    [2 * CHUNK_BYTES + 1, 3],
  ];
  for (const [bytes, chunks] of rows) {
    assert.equal(chunkCount(bytes), chunks);
    assert.equal(sealedBytes(bytes), bytes + chunks * TAG_BYTES);
    assert.equal(entryBytes(300, 16, bytes), 80 + 316 + 32 + bytes + chunks * TAG_BYTES);
  }
});

test('the content of format 1 is as long as the file says, and no content has an impossible length', () => {
  const fileOf = (content: number): number => HEADER_BYTES + sealedBytes(300) + sealedBytes(content);
  for (const content of [0, 1, 15, 16, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 1e12])
    assert.equal(contentBytesOf(fileOf(content), 300), content);
  for (const bytes of [0, fileOf(0) - 1, fileOf(CHUNK_BYTES) + 1, fileOf(CHUNK_BYTES) + TAG_BYTES])
    assert.equal(contentBytesOf(bytes, 300), null, String(bytes));
});

test('AC-8a: a chunk opens as what it was sealed as, and as nothing else', (t) => {
  t.diagnostic(`seed: ${testSeed}`);
  const header = encodeHeader(HEADER);
  const key = deriveFileKey(Buffer.alloc(32, 7), HEADER.salt);
  const cipher = fileCipher(key, header);
  const plain = noise(1_000, seededRandom(testSeed));
  const sealed = cipher.seal('content', 5, false, plain);
  assert.equal(sealed.length, plain.length + TAG_BYTES);
  assert.ok(cipher.open('content', 5, false, sealed).equals(plain));
  const refused = (open: () => Buffer): void => assert.throws(open, corrupted('a part of it was modified'));
  for (const section of SECTIONS.filter((one) => one !== 'content'))
    refused(() => cipher.open(section, 5, false, sealed));
  refused(() => cipher.open('content', 4, false, sealed));
  refused(() => cipher.open('content', 5 + 2 ** 16, false, sealed));
  refused(() => cipher.open('content', 5, true, sealed));
  for (const at of [0, 500, sealed.length - 1]) {
    const other = Buffer.from(sealed);
    other.writeUInt8(other.readUInt8(at) ^ 1, at);
    refused(() => cipher.open('content', 5, false, other));
  }
  refused(() => cipher.open('content', 5, false, sealed.subarray(1)));
  refused(() => fileCipher(key, changed(64, 4, 301)).open('content', 5, false, sealed));
  const otherSalt = deriveFileKey(Buffer.alloc(32, 7), Buffer.alloc(32, 0x23));
  refused(() => fileCipher(otherSalt, header).open('content', 5, false, sealed));
  const otherKey = deriveFileKey(Buffer.alloc(32, 8), HEADER.salt);
  refused(() => fileCipher(otherKey, header).open('content', 5, false, sealed));
});

test('each section has its numbers: one number, sealed in three sections, gives three texts', () => {
  const cipher = fileCipher(Buffer.alloc(32, 7), encodeHeader(HEADER));
  const sealed = SECTIONS.flatMap((section) =>
    [true, false].map((last) => cipher.seal(section, 0, last, Buffer.alloc(64))),
  );
  assert.equal(new Set(sealed.map((bytes) => bytes.toString('hex'))).size, 6);
});

test('an empty stream is sealed, too; what is cut off, or has no number, is refused', () => {
  const cipher = fileCipher(Buffer.alloc(32, 7), encodeHeader(HEADER));
  const empty = cipher.seal('metadata', 0, true, Buffer.alloc(0));
  assert.equal(empty.length, TAG_BYTES);
  assert.equal(cipher.open('metadata', 0, true, empty).length, 0);
  assert.throws(() => cipher.open('metadata', 0, true, empty.subarray(1)), corrupted('it is truncated'));
  assert.equal(cipher.seal('content', 0xffff_ffff, true, Buffer.alloc(1)).length, 1 + TAG_BYTES);
  assert.throws(() => cipher.seal('content', 0x1_0000_0000, true, Buffer.alloc(1)), {
    code: 'vault.too_large',
    message: 'the file has more chunks than a vault entry can number',
  });
});

test('the key of a file is that of the document: HKDF-SHA-256 with its salt', () => {
  assert.equal(
    deriveFileKey(Buffer.alloc(32), Buffer.alloc(32)).toString('hex'),
    '932e92a928663db893c068577ebf6b5ab9f43498d6cd1aa6de4c585ee950117d',
  );
});

test('damage says why, and keeps what it was told by', () => {
  const cause = new Error('x');
  const error = corrupt('y', cause);
  assert.deepEqual(
    [error.code, error.message, error.cause],
    ['vault.entry_corrupt', 'the vault entry is damaged: y', cause],
  );
});
