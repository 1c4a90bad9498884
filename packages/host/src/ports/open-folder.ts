// SPDX-License-Identifier: Apache-2.0
// An open folder, and what is done by a name in it. A name is one component, in bytes; no link is followed. Errors as in open-file.ts; that which is opened is
// the caller's to close.
import type { Described } from './file-facts.ts';
import type { NewFile, OpenFile, OpenObject } from './open-file.ts';

export interface OpenFolder extends OpenObject {
  /** In no order. */
  names(): readonly Buffer[];
  has(name: Buffer): boolean;
  /** Of the name itself: a link is a link. ENOENT where there is none. */
  describeName(name: Buffer): Described;
  /** ELOOP for a link. */
  openFile(name: Buffer): OpenFile;
  /** ELOOP or ENOTDIR where the name is no folder. */
  openFolder(name: Buffer): OpenFolder;
  /** The same folder, opened once more. */
  reopen(): OpenFolder;
  /** EEXIST where the name is taken. */
  createFile(name: Buffer, mode: number): NewFile;
  /** A file without a name, which vanishes with its last opening unless it is linked. EOPNOTSUPP where the file system cannot. */
  createUnnamed(mode: number): NewFile;
  makeFolder(name: Buffer, mode: number): void;
  /** Replaces nothing: EEXIST. EXDEV where the other folder is not on the same mount. */
  rename(name: Buffer, to: Place): void;
  /** Gives the very file one more name; EEXIST where it is taken. */
  link(file: OpenFile, name: Buffer): void;
  unlink(name: Buffer): void;
  /** ENOTEMPTY where it is not empty. */
  removeFolder(name: Buffer): void;
  /** By `FileIdentity.handle`, on the mount of this folder; ESTALE when it is gone. Leaves the time of access. */
  openFileByHandle(handle: string): OpenFile;
  openFolderByHandle(handle: string): OpenFolder;
  /** Its names survive a power cut. Blocks. */
  synchronize(): void;
  /** The root of the mount that it is on, found by going up: no path is looked up, so nothing can be swapped. */
  openMountRoot(): OpenFolder;
  isOnMountOf(other: OpenFolder): boolean;
  /** It is ours, and nobody else may enter it. */
  isPrivate(): boolean;
  /** Others may rename what we make in it. */
  othersMayRename(): boolean;
}

/** A name in an open folder. */
export interface Place {
  readonly folder: OpenFolder;
  readonly name: Buffer;
}
