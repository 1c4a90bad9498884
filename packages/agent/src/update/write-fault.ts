// SPDX-License-Identifier: Apache-2.0
// What hinders writing a release, as it is told: which file or folder, and why. A fault of ours stays what it is.
import { LazaretError } from '@lazaret/core';
import { errnoOf } from './given-file.ts';

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the file system has no room left',
  EDQUOT: 'a quota leaves no room',
  EROFS: 'the file system is mounted read-only',
  EIO: 'the disk reports a fault',
};

/** Throws `patterns.write_failed`. */
export async function orWriteFault<T>(where: string, write: () => Promise<T> | T): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw writeFault(error, where);
  }
}

export function writeFault(error: unknown, where: string): unknown {
  const errno = errnoOf(error);
  if (errno === null) return error;
  const message = `${where} cannot be written: ${WHY[errno] ?? 'the system refuses it'} (${errno}).`;
  return new LazaretError('patterns.write_failed', message, { where, cause: error });
}
