// SPDX-License-Identifier: Apache-2.0
// What is open in memory.
import type { Attribute, Described, ExtendedFlags, Range } from '../ports/file-facts.ts';
import { objectOf } from '../ports/object-id.ts';
import type { NewFile, OpenObject } from '../ports/open-file.ts';
import { protectionOf, refuseProtected, type MemoryDisk } from './memory-disk.ts';
import { fault } from './memory-fault.ts';
import type { MemoryNode } from './memory-node.ts';

export function describedNode(node: MemoryNode): Described {
  const identity = node.identity();
  return { type: node.type, object: objectOf(identity), identity, isOurs: identity.uid === 0 };
}

export class MemoryObject implements OpenObject {
  readonly disk: MemoryDisk;
  #descriptor: number | null;

  constructor(disk: MemoryDisk, descriptor: number) {
    this.disk = disk;
    this.#descriptor = descriptor;
  }

  get descriptor(): number {
    if (this.#descriptor === null) throw fault('EBADF');
    return this.#descriptor;
  }

  get node(): MemoryNode {
    return this.disk.nodeOf(this.descriptor);
  }

  get isOpen(): boolean {
    return this.#descriptor !== null;
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) this.disk.closed(descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  describe(): Described {
    return describedNode(this.node);
  }

  place(): Buffer {
    return this.disk.pathOf(this.node);
  }

  protection(): ReturnType<OpenObject['protection']> {
    return protectionOf(this.node);
  }
}

/** Of a file that was opened to be read, the writing half is never called: the port's type for it has none. */
export class MemoryFile extends MemoryObject implements NewFile {
  readonly #writes: boolean;
  #leased = false;

  constructor(disk: MemoryDisk, node: MemoryNode, opening: 'read' | 'write') {
    if (opening === 'write' && node.lease !== 'none') {
      // As an open that does not wait: it is refused, and whoever has the lease knows.
      node.lease = 'broken';
      throw fault('EAGAIN');
    }
    super(disk, disk.opened(node));
    this.#writes = opening === 'write';
    if (this.#writes) node.writers += 1;
  }

  override close(): void {
    if (this.isOpen) {
      if (this.#writes) this.node.writers -= 1;
      if (this.#leased) this.dropLease();
    }
    super.close();
  }

  async readAt(buffer: Buffer, position: number): Promise<number> {
    return this.node.content.read(buffer, position);
  }

  async writeAt(buffer: Buffer, position: number): Promise<void> {
    const { node } = this;
    if (!this.#writes) throw fault('EBADF');
    node.content.write(buffer, position);
    node.times.mtimeNs = node.times.ctimeNs = this.disk.nowNs();
  }

  /** As an open that empties the file. */
  replaceContent(bytes: Buffer): void {
    const { node } = this;
    node.content.setSize(0);
    node.content.write(bytes, 0);
    node.times.mtimeNs = node.times.ctimeNs = this.disk.nowNs();
  }

  async setSize(bytes: number): Promise<void> {
    const { node } = this;
    node.content.setSize(bytes);
    node.times.mtimeNs = node.times.ctimeNs = this.disk.nowNs();
  }

  async synchronize(): Promise<void> {
    this.node.content.allocatedBytes();
  }

  allocatedBytes(): number {
    return this.node.content.allocatedBytes();
  }

  dataRanges(from: number, size: number, rangesMax: number): readonly Range[] {
    return this.node.content.dataRanges(from, size, rangesMax);
  }

  reservedRanges(rangesMax: number): readonly Range[] {
    return this.node.reserved.slice(0, rangesMax);
  }

  reserve(range: Range): void {
    this.node.reserved.push(range);
  }

  readAttributes(): readonly Attribute[] {
    return Array.from(this.node.attributes, ([name, value]) => ({ name: Buffer.from(name, 'latin1'), value }));
  }

  writeAttribute(name: Buffer, value: Buffer): void {
    this.#change((node) => node.attributes.set(name.toString('latin1'), Buffer.from(value)));
  }

  removeAttribute(name: Buffer): void {
    this.#change((node) => {
      if (!node.attributes.delete(name.toString('latin1'))) throw fault('ENODATA');
    });
  }

  writeOwner(uid: number, gid: number): void {
    this.#change(({ owner }) => Object.assign(owner, { uid, gid, mode: owner.mode & 0o1777 }));
  }

  writeMode(mode: number): void {
    this.#change(({ owner }) => (owner.mode = mode & 0o7777));
  }

  writeTimes(accessNs: bigint, modificationNs: bigint): void {
    this.#change(({ times }) => Object.assign(times, { atimeNs: accessNs, mtimeNs: modificationNs }));
  }

  readInodeFlags(): number {
    return this.node.inodeFlags;
  }

  writeInodeFlags(flags: number): void {
    this.node.inodeFlags = flags;
    this.node.times.ctimeNs = this.disk.nowNs();
  }

  readExtendedFlags(): ExtendedFlags | null {
    return null;
  }

  writeExtendedFlags(): void {
    throw fault('EOPNOTSUPP');
  }

  takeLease(): boolean {
    const { node } = this;
    if (node.writers > 0 || node.lease !== 'none') return false;
    node.lease = 'held';
    this.#leased = true;
    return true;
  }

  leaseHeld(): boolean {
    return this.#leased && this.node.lease === 'held';
  }

  dropLease(): void {
    if (this.#leased) this.node.lease = 'none';
    this.#leased = false;
  }

  #change(change: (node: MemoryNode) => unknown): void {
    const { node } = this;
    refuseProtected(node);
    change(node);
    node.times.ctimeNs = this.disk.nowNs();
  }
}
