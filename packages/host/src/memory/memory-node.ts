// SPDX-License-Identifier: Apache-2.0
// One object of a file system in memory: what the kernel keeps of an inode. Knows nothing of paths or openings.
import type { EntryType, FileIdentity, Range } from '../ports/file-facts.ts';
import { MemoryContent } from './memory-content.ts';

export type MemoryType = Exclude<EntryType, 'unknown' | 'mount'>;

export interface MemoryFileSystem {
  readonly device: bigint;
  readonly mountId: number;
  readonly type: string;
  readonly uuid: string;
  /** By number: those that have a name or are open. */
  readonly nodes: Map<bigint, MemoryNode>;
  /** Numbers to be given again, each with its next generation. */
  readonly free: { readonly inode: bigint; readonly generation: number }[];
}

export interface NodeOwner {
  uid: number;
  gid: number;
  mode: number;
}

const TYPE_BITS: Readonly<Record<MemoryType, number>> = {
  regular: 0o10_0000,
  directory: 0o4_0000,
  symlink: 0o12_0000,
  fifo: 0o1_0000,
  socket: 0o14_0000,
  'character-device': 0o2_0000,
  'block-device': 0o6_0000,
};

export class MemoryNode {
  readonly type: MemoryType;
  readonly fileSystem: MemoryFileSystem;
  readonly inode: bigint;
  readonly generation: number;
  readonly owner: NodeOwner;
  readonly content: MemoryContent = new MemoryContent();
  readonly attributes: Map<string, Buffer> = new Map();
  readonly children: Map<string, MemoryNode> = new Map();
  readonly times: { atimeNs: bigint; mtimeNs: bigint; ctimeNs: bigint };
  /** Of a link. */
  readonly target: Buffer;
  parent: MemoryNode | null = null;
  /** What was mounted over it. */
  covered: MemoryNode | null = null;
  /** Of the root of a mount: what it was mounted over. */
  over: MemoryNode | null = null;
  nlink = 0;
  openings = 0;
  writers = 0;
  inodeFlags = 0;
  reserved: Range[] = [];
  lease: 'none' | 'held' | 'broken' = 'none';

  constructor(type: MemoryType, fileSystem: MemoryFileSystem, owner: NodeOwner, nowNs: bigint, target?: Buffer) {
    const { inode, generation } = fileSystem.free.pop() ?? { inode: BigInt(fileSystem.nodes.size + 2), generation: 1 };
    this.type = type;
    this.fileSystem = fileSystem;
    this.inode = inode;
    this.generation = generation;
    this.owner = { ...owner };
    this.times = { atimeNs: nowNs, mtimeNs: nowNs, ctimeNs: nowNs };
    this.target = target ?? Buffer.alloc(0);
    fileSystem.nodes.set(inode, this);
  }

  identity(): FileIdentity {
    const { device, uuid, mountId } = this.fileSystem;
    return {
      device,
      inode: this.inode,
      size: this.type === 'symlink' ? this.target.length : this.content.size,
      ...this.times,
      nlink: this.nlink,
      mode: TYPE_BITS[this.type] | this.owner.mode,
      uid: this.owner.uid,
      gid: this.owner.gid,
      mountId,
      handle: handleOf(this),
      fileSystem: uuid,
    };
  }

  /** Nobody can come to it any more: its number may be given to another. */
  forgetIfGone(): void {
    if (this.nlink > 0 || this.openings > 0) return;
    this.fileSystem.nodes.delete(this.inode);
    this.fileSystem.free.push({ inode: this.inode, generation: this.generation + 1 });
  }
}

export function handleOf({ inode, generation }: Pick<MemoryNode, 'inode' | 'generation'>): string {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64LE(inode);
  bytes.writeUInt32LE(generation, 8);
  return `1:${bytes.toString('hex')}`;
}

export function byHandle(fileSystem: MemoryFileSystem, handle: string): MemoryNode | null {
  for (const node of fileSystem.nodes.values()) if (handleOf(node) === handle) return node;
  return null;
}
