// SPDX-License-Identifier: Apache-2.0
// What a system tells of a file without reading it.
import type { ObjectId } from './object-id.ts';

export type EntryType =
  | 'unknown'
  | 'regular'
  | 'directory'
  | 'symlink'
  | 'fifo'
  | 'socket'
  | 'character-device'
  | 'block-device'
  | 'mount';

/**
 * All that is written down of a file (the vault, the journal, events). Sizes in bytes; times in nanoseconds since 1970. Who only asks "is it the same?" takes
 * the `ObjectId`, who asks for rights asks the folder.
 */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly atimeNs: bigint;
  readonly nlink: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** 0 = the system does not say. */
  readonly mountId: number;
  /** Names the very object on its file system, also after a rename; null where the file system has none. */
  readonly handle: string | null;
  /** Of the file system; null where it was not asked for. */
  readonly fileSystem: string | null;
}

export interface Described {
  readonly type: EntryType;
  readonly object: ObjectId;
  readonly identity: FileIdentity;
  /** It belongs to the account that we run as. */
  readonly isOurs: boolean;
}

/** From `start` to before `end`, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Attribute {
  readonly name: Buffer;
  readonly value: Buffer;
}

/** How a file system is to give the file its room; `flags` are its own. */
export interface ExtendedFlags {
  readonly flags: number;
  readonly extentSize: number;
  readonly project: number;
  readonly copyExtentSize: number;
}
