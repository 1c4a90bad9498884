// SPDX-License-Identifier: Apache-2.0
// A directory that nobody but us may enter: made so, and refused when it is not so.
import { lstatSync, mkdirSync } from 'node:fs';
import { LazaretError } from '@lazaret/core';

export function ensurePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  if (stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0) return;
  throw new LazaretError('vault.unsafe_directory', 'this directory must belong to us, be no link, and have mode 0700', {
    where: path,
  });
}
