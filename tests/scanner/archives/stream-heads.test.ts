// SPDX-License-Identifier: Apache-2.0
// Compressed streams whose heads are not the usual ones, and that the tools of their format unpack.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { compressBy, makeMarker, makeRpm, makeZip, seededRandom, testSeed } from '@lazaret/testkit';
import { startTestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.StreamHeads', seededRandom(testSeed));
/** Packed, so that no reader of plain bytes finds the marker. */
const content = gzipSync(marker.atEndOf(2_000));

function skippable(bytes: number, kind = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x18_4d_2a_50 + kind, 0);
  head.writeUInt32LE(bytes, 4);
  return Buffer.concat([head, Buffer.alloc(bytes, 'skip')]);
}

const zstd = compressBy('zstd', content, '-q');
const lz4 = compressBy('lz4', content, '-q');
const lzma = (options: string): Buffer => compressBy('xz', content, '--format=lzma', `--lzma1=${options}`);

const STREAMS: Readonly<Record<string, readonly [type: string, unpack: string, bytes: Buffer]>> = {
  'zstd behind a frame to be skipped': ['zstd', 'zstd', Buffer.concat([skippable(4), zstd])],
  'zstd behind three': ['zstd', 'zstd', Buffer.concat([skippable(0), skippable(900, 15), skippable(7, 3), zstd])],
  'zstd behind two thousand': [
    'zstd',
    'zstd',
    Buffer.concat([...Array.from({ length: 2_000 }, () => skippable(1)), zstd]),
  ],
  'lz4 behind a frame to be skipped': ['lz4', 'lz4', Buffer.concat([skippable(4), lz4])],
  'lzma with other properties': ['lzma', 'xz', lzma('lc=0,lp=2,pb=0')],
  'lzma with a dictionary of 3 times 2^n': ['lzma', 'xz', lzma('dict=1536KiB')],
};

test('LM-11b: a stream that its own tool unpacks is opened, whatever its head says before', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  for (const [form, [type, tool, bytes]] of Object.entries(STREAMS)) {
    assert.deepEqual(
      execFileSync(tool, ['-d', '-c', ...(tool === 'xz' ? ['--format=lzma'] : [])], { input: bytes }),
      content,
    );
    for (const file of [bytes, makeZip([{ name: 'inner', content: bytes }])]) {
      const { verdict, unscanned } = await scanner.scanBytes(file);
      assert.deepEqual([verdict, unscanned], ['infected', []], form);
    }
    const { trueType } = await scanner.scanBytes(bytes);
    assert.equal(trueType, type, form);
  }
});

test('LM-11b: so is the payload of an rpm package', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const files = [{ name: 'evil.gz', content }];
  const pack = (cpio: Buffer): Buffer => Buffer.concat([skippable(4), compressBy('zstd', cpio, '-q')]);
  const { verdict, unscanned } = await scanner.scanBytes(makeRpm(files, pack));
  assert.deepEqual([verdict, unscanned], ['infected', []]);
});
