// SPDX-License-Identifier: Apache-2.0
// The table of mounts of a machine in memory.
import { classifyFileSystem } from '@lazaret/core';
import type { Mount, Mounts } from '../ports/mounts.ts';
import type { MemoryDisk } from './memory-disk.ts';
import type { MemoryNode } from './memory-node.ts';

export function memoryMounts(disk: MemoryDisk): Mounts {
  return {
    read: () => mountsAt(disk, disk.root, 0),
    table: () => {
      const types = [...new Set(mountsAt(disk, disk.root, 0).map(({ fileSystemType }) => fileSystemType))];
      const typeAt = (path: Buffer): string => disk.find(path).fileSystem.type;
      return {
        typeAt,
        classAt: (path) => classifyFileSystem(typeAt(path)),
        localTypes: types.filter((type) => classifyFileSystem(type) === 'local'),
      };
    },
  };
}

function mountsAt(disk: MemoryDisk, root: MemoryNode, parentId: number): readonly Mount[] {
  const { mountId: id, device, type } = root.fileSystem;
  const own: Mount = {
    id,
    parentId,
    device: `0:${device}`,
    root: Buffer.from('/'),
    mountPoint: disk.pathOf(root),
    fileSystemType: type,
    source: type,
    readOnly: false,
    layers: [],
  };
  return [own, ...coveredBelow(root).flatMap((below) => mountsAt(disk, below, id))];
}

function coveredBelow(folder: MemoryNode): readonly MemoryNode[] {
  return [...folder.children.values()].flatMap((child) =>
    child.covered === null ? coveredBelow(child) : [child.covered],
  );
}
