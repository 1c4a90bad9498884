// SPDX-License-Identifier: Apache-2.0
// Archives behind the end of a tar or cpio archive, where some readers go on: busybox, tar -i, a kernel with its first file system.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { compressBy, makeCpio, makeMarker, makeTar, packLzip, seededRandom, testSeed } from '@lazaret/testkit';
import { startTestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.BehindEnd', seededRandom(testSeed));
const clean = { name: 'a.txt', content: Buffer.from('nothing of interest stands here\n') };
const evil = { name: 'evil.lz', content: packLzip(marker.atEndOf(4_000)) };

test('LM-11b: what stands behind the end of a tar or cpio archive is opened', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const [first, second] = [makeTar([clean]), makeTar([evil])];
  const cpio = makeCpio([clean]);
  const forms: Readonly<Record<string, Buffer>> = {
    'one block of zeros between': Buffer.concat([first.subarray(0, -512), second]),
    'whole archives': Buffer.concat([first, second]),
    'padded archives': Buffer.concat([first, Buffer.alloc(8_192), second]),
    'cpio, then a packed one': Buffer.concat([cpio, Buffer.alloc(100), compressBy('zstd', makeCpio([evil]), '-q')]),
    'cpio and cpio': Buffer.concat([cpio, Buffer.alloc(100), makeCpio([evil])]),
  };
  for (const [form, bytes] of Object.entries(forms))
    for (const file of [
      bytes,
      makeTar([{ name: 'in', content: bytes }]),
      compressBy('zstd', bytes, '-q'),
      gzipSync(bytes),
    ]) {
      const { verdict, unscanned } = await scanner.scanBytes(file);
      assert.deepEqual([verdict, unscanned], ['infected', []], form);
    }
  const alone = await scanner.scanBytes(Buffer.concat([first, Buffer.alloc(8_192), Buffer.from('some text\n')]));
  assert.deepEqual([alone.verdict, alone.coverage], ['clean', { lookedAt: 2, all: 2 }]);
});
