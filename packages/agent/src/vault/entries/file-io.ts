// SPDX-License-Identifier: Apache-2.0
// What an open file has in it, as a hash. Owns no file: who opened it closes it.
import type { OpenFile } from '@lazaret/host/ports';
import { type ContentDigest, ContentHash, hashKindOf } from './content-hash.ts';
import { readLayout } from '../format/layout.ts';

const HASH_READ_BYTES = 256 * 1024;

/** What a file shows now, in constant memory. */
export async function digestFile(file: OpenFile): Promise<ContentDigest> {
  const { size } = file.describe().identity;
  const ranges = await readLayout(file, size);
  const hash = new ContentHash(hashKindOf(size, ranges), size, ranges);
  const buffer = Buffer.allocUnsafe(HASH_READ_BYTES);
  for (const { start, end } of ranges)
    for (let at = start; at < end; at += HASH_READ_BYTES) {
      const wanted = Math.min(HASH_READ_BYTES, end - at);
      const length = await file.readAt(buffer.subarray(0, wanted), at);
      await hash.add(at, buffer.subarray(0, length));
      if (length < wanted) return await hash.finish();
    }
  return await hash.finish();
}

/** SHA-256 of all bytes; null where its holes are too large to be read. */
export async function hashFile(file: OpenFile): Promise<string | null> {
  return (await digestFile(file)).sha256;
}
