// SPDX-License-Identifier: Apache-2.0
// Files as the agent needs them: opened for a scan, walked, acted on, and the small ones of our own. Paths are absolute and in bytes, as the system has them.
import type { EntryType, FileIdentity } from './file-facts.ts';
import type { ObjectId } from './object-id.ts';
import type { OpenFile } from './open-file.ts';
import type { OpenFolder } from './open-folder.ts';

/** A path, absolute or below an open folder. */
export interface OpenRequest {
  readonly path: Buffer;
  readonly folder?: OpenFolder;
}

export interface OpenOptions {
  /** Follow a link as the last component (off). */
  readonly followLast?: boolean;
  /** Refuse links in every component with ELOOP (off): for paths that a walk gave, so that a swapped folder leads nowhere. */
  readonly noSymlinks?: boolean;
}

/** `NOT_REGULAR`: a folder, link, FIFO, socket or device, which is looked at but never opened. `type`: `unknown` where the path did not lead to it. */
export type OpenResult =
  | { readonly opened: true; readonly file: OpenFile; readonly object: ObjectId; readonly identity: FileIdentity }
  | { readonly opened: false; readonly code: string; readonly type: EntryType };

/** Whose rights an open takes. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What a path names, and where that is when links are followed. `code`: EREMOTEIO where it leads into a user's file system in user space. */
export type Named =
  | { readonly found: true; readonly path: Buffer; readonly type: EntryType; readonly identity: FileIdentity }
  | { readonly found: false; readonly code: string };

/** What is walked. A trailing slash does not matter. */
export interface WalkOptions {
  readonly root: Buffer;
  /** Leaves out everything up to and including this path, without looking at it. */
  readonly cursor?: Buffer;
  /** Folders that are told (`pruned`) and not entered. */
  readonly prune?: readonly Buffer[];
  /** Mounts of these file-system types are entered, each once. */
  readonly crossFileSystemTypes?: readonly string[];
  /** Mounts with these ids are entered. */
  readonly crossMountIds?: readonly number[];
  /** False: the root folder's own entries alone. */
  readonly subdirectories?: boolean;
}

/** How a mount point was dealt with. `already-entered`: the same was walked before, so loops of mounts end. */
export type MountDecision = 'entered' | 'not-allowed' | 'already-entered';

/** One thing found. `error` stands beside whatever is known: a folder that cannot be read is told once, with it. */
export type WalkEntry =
  | {
      readonly type: Exclude<EntryType, 'mount'>;
      readonly path: Buffer;
      readonly identity: FileIdentity;
      readonly pruned: boolean;
      readonly error: string | null;
    }
  | {
      readonly type: 'mount';
      readonly path: Buffer;
      readonly identity: FileIdentity;
      readonly fileSystemType: string;
      readonly decision: MountDecision;
      readonly error: string | null;
    };

/** Follows no link, and always goes in the same order (a folder before what is in it, names bytewise): the last path seen is a cursor to resume by. */
export interface Walk extends AsyncDisposable {
  /** Up to 256 entries, or null at the end. One call at a time: pulling is the back-pressure. */
  next(): Promise<readonly WalkEntry[] | null>;
  /** Ends the walk early; a batch under way becomes the last. */
  close(): void;
}

/** A folder of our own, private to us, with small files. Names are plain text. */
export interface OwnFolder {
  names(): readonly string[];
  /** ENOENT where there is none. */
  read(name: string): string;
  /** Whole or not at all, and on the disk when it returns; replaces. */
  write(name: string, text: string): void;
  /** Replaces. */
  rename(from: string, to: string): void;
  /** Nothing to remove is no error. */
  remove(name: string): void;
}

export interface Files {
  /** ELOOP for a link anywhere in the path. The folder is the caller's to close. */
  openFolder(path: Buffer): OpenFolder;
  /** Opens many in one go; answers stand in the order of the requests. Files are the caller's to close. */
  openForScan(requests: readonly OpenRequest[], options?: OpenOptions): Promise<readonly OpenResult[]>;
  /** With another user's rights, following links as that user would. */
  openAsCaller(path: Buffer, caller: Caller): Promise<OpenResult>;
  /** Takes a descriptor that came over a socket: from now on it is closed with the file. */
  adopt(descriptor: number): OpenFile;
  /** Looks without opening. */
  placeOf(path: Buffer, options?: Pick<OpenOptions, 'followLast'>): Named;
  /** EINVAL where the root is no absolute path, or the cursor does not lie below it. */
  walk(options: WalkOptions): Walk;
  /** Makes the folder where it is not there. Null: it is a link, not ours, or open to others. */
  ownFolder(path: string): OwnFolder | null;
}
