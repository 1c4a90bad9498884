// SPDX-License-Identifier: Apache-2.0
// Makes the one directory of Lazaret that every user may enter. It contains only clamd's socket.
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { LazaretError } from '@lazaret/core';

/** Makes it, or takes one that is there as it is. Throws `agent.unsafe_directory` where somebody else owns it or may write to it. */
export function ensureOpenDirectory(path: string): void {
  // The umask may have taken away what others need.
  if (mkdirSync(path, { recursive: true, mode: 0o755 }) !== undefined) chmodSync(path, 0o755);
  const stat = lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0)
    throw new LazaretError(
      'agent.unsafe_directory',
      'This directory must belong to the user of the agent, and only that user may write to it.',
      {
        where: path,
      },
    );
}
