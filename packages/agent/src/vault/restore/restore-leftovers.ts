// SPDX-License-Identifier: Apache-2.0
// Takes away a half-restored file that a dead process left under its own name (file systems without unnamed files alone).
import type { VaultHost } from '../vault-host.ts';
import { z } from 'zod';
import { splitPath } from '../format/path-bytes.ts';

const noteSchema = z.object({ path: z.base64(), inode: z.string().optional(), process: z.string() });

/**
 * Only the very file goes: by the inode written down once it was made, or – when the process died before that – an empty
 * file of ours under our own prefix. A note that makes no sense is ignored.
 * False: a living process is still at it.
 */
export function removeLeftover(note: string, { files, processes }: VaultHost): boolean {
  try {
    const { path, inode, process: owner } = noteSchema.parse(JSON.parse(note));
    if (processes.isAlive(owner)) return false;
    const { parent, name } = splitPath(Buffer.from(path, 'base64'));
    if (!name.toString('latin1').startsWith('.lazaret-restore-')) return true;
    const folder = files.openFolder(parent);
    try {
      const { type, identity, isOurs } = folder.describeName(name);
      const ours = inode === undefined ? isOurs && identity.size === 0 : String(identity.inode) === inode;
      if (type === 'regular' && identity.nlink === 1 && ours) folder.unlink(name);
    } finally {
      folder.close();
    }
  } catch {
    // The place is gone or was taken by others: then there is nothing of ours left in it.
  }
  return true;
}
