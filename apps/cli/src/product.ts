// SPDX-License-Identifier: Apache-2.0
// Where this command line's product lies: found from its own place, moved by LAZARET_STATE and LAZARET_RUN.
import { fileURLToPath } from 'node:url';
import { LazaretError } from '@lazaret/core';
import { productPaths, type ProductPaths } from '@lazaret/platform';

export function ownPaths(): ProductPaths {
  const programs = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
  return productPaths(programs, process.env);
}

/** Sandbox, vault and other users' files need root. Said before anything is begun, not by the first EACCES. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new LazaretError(
    'cli.needs_root',
    'This command must run as root, because scans read and remove files of all users. Try sudo.',
  );
}
