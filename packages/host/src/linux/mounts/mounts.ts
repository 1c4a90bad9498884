// SPDX-License-Identifier: Apache-2.0
// What lies where on this VM, from the table of mounts: the class of a place, and which local file systems there are.
import { classifyFileSystem, isNetworkClass } from '@lazaret/core';
import { readMounts, type Mount } from '@lazaret/safefs';
import type { FileSystemClass, MountTable } from '../../ports/mounts.ts';

export function readMountTable(): MountTable {
  const mounts = readMounts();
  const types = new Set(mounts.map((mount) => mount.fileSystemType));
  const typeAt = (path: Buffer): string => findMount(mounts, path)?.fileSystemType ?? 'unknown';
  return {
    typeAt,
    classAt: (path) => classifyFileSystem(typeAt(path)),
    localTypes: [...types].filter((type) => classifyFileSystem(type) === 'local'),
  };
}

/** The last mount of the longest mount point that holds the path: later ones lie over earlier ones. */
function findMount(mounts: readonly Mount[], path: Buffer): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    if (!holds(mount.mountPoint, path)) continue;
    if (best === undefined || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

function holds(directory: Buffer, path: Buffer): boolean {
  if (directory.length === 1) return true;
  if (!path.subarray(0, directory.length).equals(directory)) return false;
  return path.length === directory.length || path[directory.length] === 0x2f;
}

/** The three words of a scan's rows. */
export function classOf(fileSystemType: string): FileSystemClass {
  const found = classifyFileSystem(fileSystemType);
  return isNetworkClass(found) ? 'network' : found === 'pseudo' ? 'pseudo' : 'local';
}
