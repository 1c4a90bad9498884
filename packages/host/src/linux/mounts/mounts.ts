// SPDX-License-Identifier: Apache-2.0
// What lies where on this VM, from the table of mounts: the class of a place, and which local file systems there are.
import { classifyFileSystem, isNetworkClass, type FileSystemClass as CoreClass } from '@lazaret/core';
import { readMounts, type Mount } from '@lazaret/safefs';

/** What a file system is for a scan (LM-8): only `local` ones are entered. */
export type FileSystemClass = 'local' | 'pseudo' | 'network';

export interface MountTable {
  /** The class of the file system that a canonical path lies on. */
  classAt(path: Buffer): CoreClass;
  typeAt(path: Buffer): string;
  /** Types of the local file systems that are mounted. */
  readonly localTypes: readonly string[];
}

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
