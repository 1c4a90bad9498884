// SPDX-License-Identifier: Apache-2.0
// A directory that nobody but us may enter, so that nobody else can open, lock or connect to what lies in it. A lock needs no right to write: who may open
// a file, or its directory, for reading can hold a lock on it and keep us out (flock(2), fcntl(2)).
import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync } from 'node:fs';

const PRIVATE = 0o700;

/**
 * Makes `path` with mode 0700, or takes all rights of others away from one that is there. False when it cannot be trusted: a link, no directory, or
 * somebody else's. Throws what the system says when it cannot be made or opened.
 */
export function makePrivateDirectory(path: string): boolean {
  mkdirSync(path, { recursive: true, mode: PRIVATE });
  const fd = openOwn(path);
  if (fd === null) return false;
  try {
    const { uid, mode } = fstatSync(fd);
    if (uid !== process.geteuid?.()) return false;
    if ((mode & 0o7777) !== PRIVATE) fchmodSync(fd, PRIVATE);
    return true;
  } finally {
    closeSync(fd);
  }
}

function openOwn(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ELOOP', 'ENOTDIR'].includes(String(error.code))) return null;
    throw error;
  }
}
