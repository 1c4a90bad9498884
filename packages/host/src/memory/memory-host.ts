// SPDX-License-Identifier: Apache-2.0
// An operating system that is an object: no kernel, no root, no built addon. For tests of decisions; what a kernel does – races, holes of real file systems,
// permissions, sockets of other processes – is proved on the kernel. The product cannot import it.
import type { Host } from '../ports/host.ts';
import { MemoryDisk } from './memory-disk.ts';
import { memoryFiles } from './memory-files.ts';
import { memoryMounts } from './memory-mounts.ts';
import { memorySockets, type MemorySockets } from './memory-sockets.ts';
import { memoryTree, type MemoryTree } from './memory-tree.ts';

/** Those ports that a machine in memory has. It has no gate, no accounts and no hardware: a test that needs a fact of those hands it in itself. */
export interface MemoryHost extends Pick<Host, 'files' | 'mounts'> {
  readonly processes: Pick<Host['processes'], 'self' | 'isAlive' | 'isThere'>;
  readonly sockets: MemorySockets;
  /** The files, as other programs see them. */
  readonly tree: MemoryTree;
  /** From now on another process has this identity: the one before is dead. */
  restart(): void;
}

/** `startMs`: what its clock begins with. */
export function memoryHost({ startMs = Date.UTC(2026, 0, 1) } = {}): MemoryHost {
  const disk = new MemoryDisk(startMs);
  let starts = 1;
  const self = (): string => `1-${starts}-00000000`;
  return {
    files: memoryFiles(disk),
    mounts: memoryMounts(disk),
    processes: {
      get self() {
        return self();
      },
      isAlive: (identity) => identity === self(),
      isThere: (pid) => Number(pid) === 1,
    },
    sockets: memorySockets(
      { copy: (descriptor) => disk.opened(disk.nodeOf(descriptor)), close: (descriptor) => disk.closed(descriptor) },
      { pid: 1, uid: 0, gid: 0, groups: [0] },
    ),
    tree: memoryTree(disk),
    restart: () => void (starts += 1),
  };
}
