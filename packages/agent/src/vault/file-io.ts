// SPDX-License-Identifier: Apache-2.0
// Positioned reads and writes by descriptor, whole or with an error. Own no descriptor: who opened it closes it.
import { createHash } from 'node:crypto';
import { fsync, read, write } from 'node:fs';
import { promisify } from 'node:util';

const readOnce = promisify(read);
const writeOnce = promisify(write);

/** Makes what was written survive a power cut. */
export const synchronize: (fd: number) => Promise<void> = promisify(fsync);

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

/** SHA-256 of what a descriptor shows now, in constant memory. */
export async function hashFile(fd: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(HASH_READ_BYTES);
  for (let position = 0; ; ) {
    const length = await readAt(fd, buffer, position);
    hash.update(buffer.subarray(0, length));
    position += length;
    if (length < buffer.length) return hash.digest('hex');
  }
}
