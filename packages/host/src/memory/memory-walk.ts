// SPDX-License-Identifier: Apache-2.0
// The walk of a tree in memory, in the order of every system: a folder before what is in it, names bytewise.
import type { Walk, WalkEntry, WalkOptions } from '../ports/files.ts';
import { joined, keyOf, nameOf, top, type MemoryDisk } from './memory-disk.ts';
import { codeOf, fault } from './memory-fault.ts';
import type { MemoryNode } from './memory-node.ts';

const BATCH_ENTRIES = 256;

export function walkMemory(disk: MemoryDisk, options: WalkOptions): Walk {
  const { root, cursor } = options;
  if (root[0] !== 0x2f) throw fault('EINVAL');
  const start = withoutLastSlashes(root);
  if (cursor !== undefined && !isAtOrBelow(cursor, start)) throw fault('EINVAL');
  const entries = entriesBelow(disk, start, options);
  let isClosed = false;
  const close = (): void => void (isClosed = true);
  return {
    close,
    next: async () => {
      const batch: WalkEntry[] = [];
      while (!isClosed && batch.length < BATCH_ENTRIES) {
        const { value, done } = entries.next();
        if (done === true) break;
        batch.push(value);
      }
      return batch.length === 0 ? null : batch;
    },
    [Symbol.asyncDispose]: async () => close(),
  };
}

function* entriesBelow(disk: MemoryDisk, root: Buffer, options: WalkOptions): Generator<WalkEntry, void> {
  const cursor = options.cursor === undefined ? null : withoutLastSlashes(options.cursor);
  for (const entry of treeBelow(disk, root, options))
    if (cursor === null || compare(entry.path, cursor) > 0) yield entry;
}

function* treeBelow(disk: MemoryDisk, root: Buffer, options: WalkOptions): Generator<WalkEntry, void> {
  let node: MemoryNode;
  try {
    node = disk.find(root);
  } catch (error) {
    return yield { type: 'unknown', path: root, identity: NOTHING, pruned: false, error: codeOf(error) };
  }
  yield plain(node, root, false);
  if (node.type === 'directory') yield* namesIn(node, root, options);
}

function* namesIn(folder: MemoryNode, path: Buffer, options: WalkOptions): Generator<WalkEntry, void> {
  const names = [...folder.children.keys()].map(nameOf).sort((one, other) => Buffer.compare(one, other));
  for (const name of names) {
    const child = folder.children.get(keyOf(name));
    if (child === undefined) continue; // it went since the folder was read
    const at = joined(path, name);
    const node = top(child);
    const pruned = node.type === 'directory' && isPruned(at, options);
    if (node !== child && !pruned) {
      const mount = mountEntry(node, at, options);
      yield mount;
      if (mount.decision !== 'entered') continue;
    }
    yield plain(node, at, pruned);
    if (node.type === 'directory' && !pruned && options.subdirectories !== false) yield* namesIn(node, at, options);
  }
}

/** Never `already-entered`: in memory each mount is a file system of its own, so none is met twice. */
function mountEntry(
  root: MemoryNode,
  path: Buffer,
  { crossFileSystemTypes = [], crossMountIds = [] }: WalkOptions,
): Extract<WalkEntry, { type: 'mount' }> {
  const { type: fileSystemType, mountId } = root.fileSystem;
  const isAllowed = crossFileSystemTypes.includes(fileSystemType) || crossMountIds.includes(mountId);
  const decision = isAllowed ? 'entered' : 'not-allowed';
  return { type: 'mount', path, identity: root.identity(), fileSystemType, decision, error: null };
}

function plain(node: MemoryNode, path: Buffer, pruned: boolean): WalkEntry {
  return { type: node.type, path, identity: node.identity(), pruned, error: null };
}

function isPruned(path: Buffer, { prune = [] }: WalkOptions): boolean {
  return prune.some((one) => withoutLastSlashes(one).equals(path));
}

function isAtOrBelow(path: Buffer, folder: Buffer): boolean {
  if (folder.length === 1) return path[0] === folder[0];
  return (
    path.subarray(0, folder.length).equals(folder) && (path.length === folder.length || path[folder.length] === 0x2f)
  );
}

/** By components, so that what is in a folder comes before its neighbours. */
function compare(one: Buffer, other: Buffer): number {
  return Buffer.compare(bySlashFirst(one), bySlashFirst(other));
}

function bySlashFirst(path: Buffer): Buffer {
  return Buffer.from(path.toString('latin1').replaceAll('/', '\0'), 'latin1');
}

function withoutLastSlashes(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === 0x2f) end -= 1;
  return path.subarray(0, end);
}

const NOTHING = {
  device: 0n,
  inode: 0n,
  size: 0,
  mtimeNs: 0n,
  ctimeNs: 0n,
  atimeNs: 0n,
  nlink: 0,
  mode: 0,
  uid: 0,
  gid: 0,
  mountId: 0,
  handle: null,
  fileSystem: null,
} as const;
