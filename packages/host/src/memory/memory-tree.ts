// SPDX-License-Identifier: Apache-2.0
// What a test does with the files in memory by their paths, as it would with node:fs: the other programs of the machine.
import { childOf, keyOf, type MemoryDisk } from './memory-disk.ts';
import { fault } from './memory-fault.ts';
import type { MemoryNode, MemoryType } from './memory-node.ts';
import { describedNode, MemoryFile } from './memory-object.ts';
import type { Described } from '../ports/file-facts.ts';
import type { NewFile } from '../ports/open-file.ts';

/** Paths are absolute text, one character a byte. */
export interface MemoryTree {
  makeFolder(path: string, mode?: number): void;
  /** Makes the file, or replaces its content as an open for writing does. */
  write(path: string, content: string | Buffer): void;
  read(path: string): Buffer;
  /** Sorted. */
  names(path: string): readonly string[];
  has(path: string): boolean;
  describe(path: string): Described;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  /** A FIFO, socket or device. */
  makeSpecial(path: string, type: MemoryType): void;
  /** A file, or a folder with all that is in it. */
  remove(path: string): void;
  setMode(path: string, mode: number): void;
  setOwner(path: string, uid: number, gid: number): void;
  setInodeFlags(path: string, flags: number): void;
  /** Another file system over a folder. */
  mount(path: string, type: string): void;
  /** As another program that writes to a file that is there: EAGAIN while somebody has a lease on it. */
  openToWrite(path: string): NewFile;
  /** All that an open file has, by its number. */
  readDescriptor(descriptor: number): string;
  /** How many descriptors are open. */
  openings(): number;
}

export function memoryTree(disk: MemoryDisk): MemoryTree {
  const node = (path: string): MemoryNode => disk.find(Buffer.from(path, 'latin1'));
  const place = (path: string): { parent: MemoryNode; name: Buffer } => {
    const cut = path.lastIndexOf('/');
    return {
      parent: disk.find(Buffer.from(path.slice(0, cut) || '/', 'latin1')),
      name: Buffer.from(path.slice(cut + 1), 'latin1'),
    };
  };
  const add = (path: string, type: MemoryType, mode: number, target?: Buffer): MemoryNode => {
    const { parent, name } = place(path);
    if (parent.children.has(keyOf(name))) throw fault('EEXIST');
    const made = disk.make(type, parent, mode, target);
    disk.addName(parent, name, made);
    return made;
  };
  const has = (path: string): boolean => {
    try {
      return node(path).nlink > 0;
    } catch {
      return false;
    }
  };
  const remove = (path: string): void => {
    const { parent, name } = place(path);
    const removed = childOf(parent, name);
    for (const below of removed.children.keys()) remove(`${path}/${below}`);
    disk.removeName(parent, name).forgetIfGone();
  };
  return {
    has,
    remove,
    makeFolder: (path, mode = 0o755) => void add(path, 'directory', mode),
    write: (path, content) => {
      const made = has(path) ? node(path) : add(path, 'regular', 0o644);
      const file = new MemoryFile(disk, made, 'write');
      file.replaceContent(Buffer.from(content));
      file.close();
    },
    read: (path) => node(path).content.all(),
    readDescriptor: (descriptor) => disk.nodeOf(descriptor).content.all().toString(),
    names: (path) => [...node(path).children.keys()].sort(),
    describe: (path) => describedNode(node(path)),
    rename: (from, to) => {
      const { parent, name } = place(from);
      const target = place(to);
      if (target.parent.children.has(keyOf(target.name))) remove(to);
      disk.addName(target.parent, target.name, disk.removeName(parent, name));
    },
    link: (from, to) => {
      const { parent, name } = place(to);
      disk.addName(parent, name, node(from));
    },
    symlink: (target, path) => void add(path, 'symlink', 0o777, Buffer.from(target, 'latin1')),
    makeSpecial: (path, type) => void add(path, type, 0o644),
    setMode: (path, mode) => {
      node(path).owner.mode = mode;
      node(path).times.ctimeNs = disk.nowNs();
    },
    setOwner: (path, uid, gid) => {
      Object.assign(node(path).owner, { uid, gid });
      node(path).times.ctimeNs = disk.nowNs();
    },
    setInodeFlags: (path, flags) => void (node(path).inodeFlags = flags),
    mount: (path, type) => disk.mount(node(path), type),
    openToWrite: (path) => new MemoryFile(disk, node(path), 'write'),
    openings: () => disk.openings(),
  };
}
