// SPDX-License-Identifier: Apache-2.0
// An open folder in memory.
import type { Described } from '../ports/file-facts.ts';
import type { NewFile, OpenFile } from '../ports/open-file.ts';
import type { OpenFolder, Place } from '../ports/open-folder.ts';
import { childOf, keyOf, nameOf, refuseProtected, type MemoryDisk } from './memory-disk.ts';
import { fault } from './memory-fault.ts';
import { byHandle, type MemoryNode } from './memory-node.ts';
import { describedNode, MemoryFile, MemoryObject } from './memory-object.ts';

export class MemoryFolder extends MemoryObject implements OpenFolder {
  constructor(disk: MemoryDisk, node: MemoryNode) {
    if (node.type === 'symlink') throw fault('ELOOP');
    if (node.type !== 'directory') throw fault('ENOTDIR');
    super(disk, disk.opened(node));
  }

  names(): readonly Buffer[] {
    return Array.from(this.node.children.keys(), nameOf);
  }

  has(name: Buffer): boolean {
    return this.node.children.has(keyOf(name));
  }

  describeName(name: Buffer): Described {
    return describedNode(childOf(this.node, name));
  }

  openFile(name: Buffer): OpenFile {
    return openedFile(this.disk, childOf(this.node, name));
  }

  openFolder(name: Buffer): OpenFolder {
    return new MemoryFolder(this.disk, childOf(this.node, name));
  }

  reopen(): OpenFolder {
    return new MemoryFolder(this.disk, this.node);
  }

  createFile(name: Buffer, mode: number): NewFile {
    if (this.has(name)) throw fault('EEXIST');
    const node = this.disk.make('regular', this.node, mode);
    this.disk.addName(this.node, name, node);
    return new MemoryFile(this.disk, node, 'write');
  }

  createUnnamed(mode: number): NewFile {
    return new MemoryFile(this.disk, this.disk.make('regular', this.node, mode), 'write');
  }

  makeFolder(name: Buffer, mode: number): void {
    if (this.has(name)) throw fault('EEXIST');
    this.disk.addName(this.node, name, this.disk.make('directory', this.node, mode));
  }

  rename(name: Buffer, { folder, name: newName }: Place): void {
    const to = this.disk.nodeOf(folder.descriptor);
    const node = this.node.children.get(keyOf(name));
    if (node === undefined) throw fault('ENOENT');
    if (to.fileSystem !== node.fileSystem) throw fault('EXDEV');
    if (to.children.has(keyOf(newName))) throw fault('EEXIST');
    if (to.nlink === 0) throw fault('ENOENT');
    refuseProtected(to);
    this.disk.addName(to, newName, this.disk.removeName(this.node, name));
  }

  link(file: OpenFile, name: Buffer): void {
    const node = this.disk.nodeOf(file.descriptor);
    refuseProtected(node);
    this.disk.addName(this.node, name, node);
  }

  unlink(name: Buffer): void {
    if (this.node.children.get(keyOf(name))?.type === 'directory') throw fault('EISDIR');
    this.disk.removeName(this.node, name).forgetIfGone();
  }

  removeFolder(name: Buffer): void {
    const node = this.node.children.get(keyOf(name));
    if (node !== undefined && node.type !== 'directory') throw fault('ENOTDIR');
    if (node !== undefined && node.children.size > 0) throw fault('ENOTEMPTY');
    this.disk.removeName(this.node, name).forgetIfGone();
  }

  openFileByHandle(handle: string): OpenFile {
    return openedFile(this.disk, this.#byHandle(handle));
  }

  openFolderByHandle(handle: string): OpenFolder {
    return new MemoryFolder(this.disk, this.#byHandle(handle));
  }

  #byHandle(handle: string): MemoryNode {
    const node = byHandle(this.node.fileSystem, handle);
    if (node === null) throw fault('ESTALE');
    return node;
  }

  synchronize(): void {
    this.node.identity();
  }

  openMountRoot(): OpenFolder {
    let at = this.node;
    while (at.over === null && at.parent !== null) at = at.parent;
    return new MemoryFolder(this.disk, at);
  }

  isOnMountOf(other: OpenFolder): boolean {
    return this.node.fileSystem === this.disk.nodeOf(other.descriptor).fileSystem;
  }

  isPrivate(): boolean {
    const { uid, mode } = this.node.owner;
    return uid === 0 && (mode & 0o077) === 0;
  }

  othersMayRename(): boolean {
    const { uid, mode } = this.node.owner;
    return uid !== 0 || ((mode & 0o022) !== 0 && (mode & 0o1000) === 0);
  }
}

export function openedFile(disk: MemoryDisk, node: MemoryNode): MemoryFile {
  if (node.type === 'symlink') throw fault('ELOOP');
  if (node.type === 'directory') throw fault('EISDIR');
  return new MemoryFile(disk, node, 'read');
}
