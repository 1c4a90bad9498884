// SPDX-License-Identifier: Apache-2.0
// The tree of names in memory, and the descriptors that are open on it. A clock of its own: each change is a millisecond later, so that tests need not wait to
// see a time change. What it does not have: permissions for anybody but `openAsCaller`, memory maps, limits, and processes that run at the same time.
import type { OpenOptions } from '../ports/files.ts';
import { fault } from './memory-fault.ts';
import { MemoryNode, type MemoryFileSystem, type MemoryType } from './memory-node.ts';

const SLASH = 0x2f;
/** As many as Linux follows. */
const LINKS_MAX = 40;
const TICK_NS = 1_000_000n;
const FOLDER_MODE = 0o755;

export class MemoryDisk {
  readonly root: MemoryNode;
  readonly #open = new Map<number, MemoryNode>();
  #nowNs: bigint;
  #fileSystems = 0;

  constructor(startMs: number) {
    this.#nowNs = BigInt(startMs) * TICK_NS;
    this.root = this.#makeRoot('memory');
  }

  nowNs(): bigint {
    this.#nowNs += TICK_NS;
    return this.#nowNs;
  }

  #makeRoot(type: string): MemoryNode {
    this.#fileSystems += 1;
    const number = this.#fileSystems;
    const fileSystem: MemoryFileSystem = {
      device: BigInt(number),
      mountId: number,
      type,
      uuid: number.toString(16).padStart(32, '0'),
      nodes: new Map(),
      free: [],
    };
    const root = new MemoryNode('directory', fileSystem, { uid: 0, gid: 0, mode: FOLDER_MODE }, this.nowNs());
    root.nlink = 1;
    return root;
  }

  /** Another file system over a folder that is there. */
  mount(folder: MemoryNode, type: string): void {
    const root = this.#makeRoot(type);
    root.over = folder;
    folder.covered = root;
  }

  make(type: MemoryType, parent: MemoryNode, mode: number, target?: Buffer): MemoryNode {
    return new MemoryNode(type, parent.fileSystem, { uid: 0, gid: 0, mode }, this.nowNs(), target);
  }

  addName(parent: MemoryNode, name: Buffer, node: MemoryNode): void {
    if (node.fileSystem !== parent.fileSystem) throw fault('EXDEV');
    if (parent.children.has(keyOf(name))) throw fault('EEXIST');
    refuseProtected(parent);
    if (parent.nlink === 0) throw fault('ENOENT');
    parent.children.set(keyOf(name), node);
    node.nlink += 1;
    if (node.type === 'directory') node.parent = parent;
    this.changed(parent, node);
  }

  removeName(parent: MemoryNode, name: Buffer): MemoryNode {
    const node = parent.children.get(keyOf(name));
    if (node === undefined) throw fault('ENOENT');
    refuseProtected(parent, node);
    if (node.covered !== null) throw fault('EBUSY');
    parent.children.delete(keyOf(name));
    node.nlink -= 1;
    this.changed(parent, node);
    return node;
  }

  /** A folder's names changed, and with them the object. */
  changed(parent: MemoryNode, node: MemoryNode): void {
    parent.times.mtimeNs = parent.times.ctimeNs = node.times.ctimeNs = this.nowNs();
  }

  opened(node: MemoryNode): number {
    let number = 3;
    while (this.#open.has(number)) number += 1;
    this.#open.set(number, node);
    node.openings += 1;
    return number;
  }

  nodeOf(descriptor: number): MemoryNode {
    const node = this.#open.get(descriptor);
    if (node === undefined) throw fault('EBADF');
    return node;
  }

  closed(descriptor: number): void {
    const node = this.nodeOf(descriptor);
    this.#open.delete(descriptor);
    node.openings -= 1;
    node.forgetIfGone();
  }

  /** So many are open. */
  openings(): number {
    return this.#open.size;
  }

  /** What a path leads to from `start`, with the names that it lies under. A link in the middle is followed unless `noSymlinks`; the last one only by `followLast`. */
  find(
    path: Buffer,
    options: OpenOptions = {},
    start: MemoryNode = this.root,
    mayEnter?: (folder: MemoryNode) => boolean,
  ): MemoryNode {
    let linksLeft = LINKS_MAX;
    const names = namesOf(path);
    let at = top(path[0] === SLASH ? this.root : start);
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      if (at.type !== 'directory') throw fault('ENOTDIR');
      if (mayEnter?.(at) === false) throw fault('EACCES');
      const next = childOf(at, name);
      const isLast = names.length === 0;
      if (next.type !== 'symlink' || (isLast && options.followLast !== true && options.noSymlinks !== true)) {
        at = next;
        continue;
      }
      if (options.noSymlinks === true || linksLeft-- === 0) throw fault('ELOOP');
      if (next.target[0] === SLASH) at = top(this.root);
      names.unshift(...namesOf(next.target));
    }
    return at;
  }

  /** Where a folder lies, or a file by one of its names. */
  pathOf(node: MemoryNode): Buffer {
    if (node.type !== 'directory') return this.#pathOfFile(top(this.root), node) ?? Buffer.from('(deleted)');
    const parts: string[] = [];
    for (let at = node; at.parent !== null || at.over !== null; ) {
      const below: MemoryNode = at.over ?? at;
      if (below.parent === null) break;
      parts.unshift(nameIn(below.parent, below));
      at = below.parent;
    }
    return Buffer.from(`/${parts.join('/')}`, 'latin1');
  }

  #pathOfFile(folder: MemoryNode, wanted: MemoryNode): Buffer | null {
    for (const [name, child] of folder.children) {
      if (child === wanted) return joined(this.pathOf(folder), nameOf(name));
      const below = child.type === 'directory' ? this.#pathOfFile(top(child), wanted) : null;
      if (below !== null) return below;
    }
    return null;
  }
}

/** What a name of a folder means, `.` and `..` too, and what is mounted there. */
export function childOf(folder: MemoryNode, name: Buffer): MemoryNode {
  const key = keyOf(name);
  if (key === '.' || key === '') return folder;
  if (key === '..') return (folder.over ?? folder).parent ?? folder;
  const child = folder.children.get(key);
  if (child === undefined) throw fault('ENOENT');
  return top(child);
}

export function top(node: MemoryNode): MemoryNode {
  return node.covered === null ? node : top(node.covered);
}

/** What a folder has a name under: one character a byte. */
export function keyOf(name: Buffer): string {
  return name.toString('latin1');
}

export function nameOf(key: string): Buffer {
  return Buffer.from(key, 'latin1');
}

export function joined(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat(folder.length === 1 ? [folder, name] : [folder, Buffer.from('/'), name]);
}

const IMMUTABLE = 0x10;
const APPEND_ONLY = 0x20;

export function protectionOf({ inodeFlags }: MemoryNode): {
  readonly immutable: boolean;
  readonly appendOnly: boolean;
} {
  return { immutable: (inodeFlags & IMMUTABLE) !== 0, appendOnly: (inodeFlags & APPEND_ONLY) !== 0 };
}

/** Of a folder that is append only, names may come and not go; here neither does. */
export function refuseProtected(...nodes: readonly MemoryNode[]): void {
  if (nodes.some(({ inodeFlags }) => (inodeFlags & (IMMUTABLE | APPEND_ONLY)) !== 0)) throw fault('EPERM');
}

function nameIn(parent: MemoryNode, node: MemoryNode): string {
  for (const [name, child] of parent.children) if (child === node) return name;
  return '(deleted)';
}

function namesOf(path: Buffer): Buffer[] {
  return keyOf(path)
    .split('/')
    .filter((name) => name !== '')
    .map(nameOf);
}
