// SPDX-License-Identifier: Apache-2.0
// A file that is there whole, or not at all. Owns the incoming file beside it, which goes where the disk does not take it.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a whole file or nothing: a reader, or the next start after a kill, sees the old bytes or the new ones. */
export function writeFileAtomic(path: string, text: string, mode: number): void {
  const incoming = `${path}.${process.pid}.incoming`;
  try {
    writeWhole(incoming, text, mode);
    renameSync(incoming, path);
  } catch (error) {
    rmSync(incoming, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** One write takes a part, and says no word, where the disk has room for a part. */
function writeWhole(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, 'w', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
