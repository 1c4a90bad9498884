// SPDX-License-Identifier: Apache-2.0
// Positioned reads and writes by descriptor, whole or with an error. Own no descriptor: who opened it closes it.
import { fstatSync, fsync, ftruncate, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { type ContentDigest, ContentHash, hashKindOf } from './content-hash.ts';
import { readLayout } from '../format/layout.ts';

const readOnce = promisify(read);
const writeOnce = promisify(write);

/** Makes what was written survive a power cut. */
export const synchronize: (fd: number) => Promise<void> = promisify(fsync);

/** Gives an empty file its size, all of it a hole. */
export const setSize: (fd: number, bytes: number) => Promise<void> = promisify(ftruncate);

/** Fills the buffer from `position`; fewer bytes only at the end of the file. */
export async function readAt(fd: number, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await readOnce(fd, buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

export async function writeAt(fd: number, buffer: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < buffer.length) {
    const { bytesWritten } = await writeOnce(fd, buffer, written, buffer.length - written, position + written);
    written += bytesWritten;
  }
}

const HASH_READ_BYTES = 256 * 1024;

/** What a descriptor shows now, in constant memory. */
export async function digestFile(fd: number): Promise<ContentDigest> {
  const { size } = fstatSync(fd);
  const ranges = await readLayout(fd, size);
  const hash = new ContentHash(hashKindOf(size, ranges), size, ranges);
  const buffer = Buffer.allocUnsafe(HASH_READ_BYTES);
  for (const { start, end } of ranges)
    for (let at = start; at < end; at += HASH_READ_BYTES) {
      const wanted = Math.min(HASH_READ_BYTES, end - at);
      const length = await readAt(fd, buffer.subarray(0, wanted), at);
      await hash.add(at, buffer.subarray(0, length));
      if (length < wanted) return await hash.finish();
    }
  return await hash.finish();
}

/** SHA-256 of all bytes; null where its holes are too large to be read. */
export async function hashFile(fd: number): Promise<string | null> {
  return (await digestFile(fd)).sha256;
}
