// SPDX-License-Identifier: Apache-2.0
// The port *files* in memory.
import type { Caller, Files, Named, OpenOptions, OpenRequest, OpenResult, OwnFolder } from '../ports/files.ts';
import { childOf, keyOf, nameOf, type MemoryDisk } from './memory-disk.ts';
import { codeOf, fault } from './memory-fault.ts';
import { MemoryFolder } from './memory-folder.ts';
import type { MemoryNode } from './memory-node.ts';
import { describedNode, MemoryFile } from './memory-object.ts';
import { walkMemory } from './memory-walk.ts';

export function memoryFiles(disk: MemoryDisk): Files {
  return {
    openFolder: (path) => new MemoryFolder(disk, disk.find(path, { noSymlinks: true })),
    openForScan: async (requests, options) => requests.map((request) => openForScan(disk, request, options)),
    openAsCaller: async (path, caller) => openAsCaller(disk, path, caller),
    adopt: (descriptor) => {
      const file = new MemoryFile(disk, disk.nodeOf(descriptor), 'read');
      disk.closed(descriptor);
      return file;
    },
    placeOf: (path, options) => placeOf(disk, path, options),
    walk: (options) => walkMemory(disk, options),
    ownFolder: (path) => ownFolder(disk, path),
  };
}

function openForScan(disk: MemoryDisk, { path, folder }: OpenRequest, options?: OpenOptions): OpenResult {
  const start = folder === undefined ? disk.root : disk.nodeOf(folder.descriptor);
  return resultOf(disk, () => disk.find(path, options, start));
}

function openAsCaller(disk: MemoryDisk, path: Buffer, caller: Caller): OpenResult {
  const found = resultOf(disk, () =>
    disk.find(path, { followLast: true }, disk.root, (folder) => may(caller, folder, 1)),
  );
  if (!found.opened || may(caller, disk.nodeOf(found.file.descriptor), 4)) return found;
  found.file.close();
  return { opened: false, code: 'EACCES', type: 'regular' };
}

/** `right`: 4 to read, 1 to go through. */
function may({ uid, gid, groups }: Caller, { owner }: MemoryNode, right: 1 | 4): boolean {
  if (uid === 0) return true;
  const shift = owner.uid === uid ? 6 : owner.gid === gid || groups.includes(owner.gid) ? 3 : 0;
  return ((owner.mode >> shift) & right) !== 0;
}

function resultOf(disk: MemoryDisk, find: () => MemoryNode): OpenResult {
  try {
    const node = find();
    if (node.type !== 'regular') return { opened: false, code: 'NOT_REGULAR', type: node.type };
    const { object, identity } = describedNode(node);
    return { opened: true, file: new MemoryFile(disk, node, 'read'), object, identity };
  } catch (error) {
    return { opened: false, code: codeOf(error), type: 'unknown' };
  }
}

function placeOf(disk: MemoryDisk, path: Buffer, options?: Pick<OpenOptions, 'followLast'>): Named {
  try {
    const node = disk.find(path, options);
    const { type, identity } = describedNode(node);
    return { found: true, path: options?.followLast === true ? disk.pathOf(node) : path, type, identity };
  } catch (error) {
    return { found: false, code: codeOf(error) };
  }
}

function ownFolder(disk: MemoryDisk, path: string): OwnFolder | null {
  let at = disk.root;
  for (const name of path
    .split('/')
    .filter((part) => part !== '')
    .map(bytesOf)) {
    if (!at.children.has(keyOf(name))) disk.addName(at, name, disk.make('directory', at, 0o700));
    at = childOf(at, name);
  }
  if (at.type !== 'directory' || at.owner.uid !== 0 || (at.owner.mode & 0o077) !== 0) return null;
  return smallFiles(disk, at);
}

function smallFiles(disk: MemoryDisk, folder: MemoryNode): OwnFolder {
  const remove = (name: Buffer): void => {
    if (folder.children.has(keyOf(name))) disk.removeName(folder, name).forgetIfGone();
  };
  const put = (name: Buffer, node: MemoryNode): void => {
    remove(name);
    disk.addName(folder, name, node);
  };
  return {
    names: () => Array.from(folder.children.keys(), (key) => nameOf(key).toString()),
    read: (name) => childOf(folder, bytesOf(name)).content.all().toString(),
    write: (name, text) => {
      if (folder.nlink === 0) throw fault('ENOENT');
      const node = disk.make('regular', folder, 0o600);
      node.content.write(Buffer.from(text), 0);
      put(bytesOf(name), node);
    },
    rename: (from, to) => put(bytesOf(to), disk.removeName(folder, bytesOf(from))),
    remove: (name) => remove(bytesOf(name)),
  };
}

/** Names of our own are text; a folder has names in bytes. */
function bytesOf(name: string): Buffer {
  return Buffer.from(name);
}
