// SPDX-License-Identifier: Apache-2.0
// The tree walk. Owns its directory descriptors until it ends or close() is called. It follows no link, enters no other mount
// unless told, and always goes in the same order (pre-order, names bytewise), so the last path seen is a cursor to resume by.
import { addon } from './load.ts';
import type { NativeWalk } from './native.ts';
import { type DecodedRecord, decodeBatch, type EntryType, type FileIdentity } from './record.ts';

/** What is walked. Paths are absolute bytes; a trailing slash does not matter. */
export interface WalkOptions {
  readonly root: Buffer;
  /** Leaves out everything up to and including this path, without looking at it. */
  readonly cursor?: Buffer;
  /** Directories that are told (`pruned`) and not entered. */
  readonly prune?: readonly Buffer[];
  /** Mounts of these file-system types are entered ("ext4"), each (device, root) once. */
  readonly crossFileSystemTypes?: readonly string[];
  /** Mounts with these ids are entered. */
  readonly crossMountIds?: readonly number[];
  /** False: the root directory's own entries alone. */
  readonly subdirectories?: boolean;
  /** Bytes of names held of one directory (8 MiB) and of all on the way down (64 MiB): a larger directory is read in several passes. */
  readonly directoryNameBytesMax?: number;
  readonly nameBytesMax?: number;
}

/** How a mount point was dealt with. `already-entered`: the same (device, root) was walked before, so loops of bind mounts end. */
export type MountDecision = 'entered' | 'not-allowed' | 'already-entered';

/** One thing found. `error` (an errno's name) stands beside whatever is known: a directory that cannot be read is told once, with it. */
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

const MEBIBYTE = 1024 * 1024;
const DIRECTORY_NAME_BYTES_MAX = 8 * MEBIBYTE;
const NAME_BYTES_MAX = 64 * MEBIBYTE;
const FLAG_PRUNED = 1;
const FLAG_ENTERED = 2;
const FLAG_ALREADY_ENTERED = 4;

export class TreeWalk implements AsyncDisposable {
  readonly #native: NativeWalk;

  constructor(options: WalkOptions) {
    checkRoot(options);
    this.#native = new (addon().Walk)({
      root: options.root,
      cursor: options.cursor ?? null,
      prune: options.prune ?? [],
      crossFileSystemTypes: (options.crossFileSystemTypes ?? []).map((type) => Buffer.from(type)),
      crossMountIds: options.crossMountIds ?? [],
      subdirectories: options.subdirectories ?? true,
      directoryNameBytesMax: options.directoryNameBytesMax ?? DIRECTORY_NAME_BYTES_MAX,
      nameBytesMax: options.nameBytesMax ?? NAME_BYTES_MAX,
    });
  }

  /** Up to 256 entries, or null at the end. One call at a time: pulling is the back-pressure. */
  async next(): Promise<readonly WalkEntry[] | null> {
    const batch = await this.#native.next();
    return batch === null ? null : decodeBatch(batch).map(entryOf);
  }

  /** Ends the walk early; a batch under way becomes the last. */
  close(): void {
    this.#native.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function entryOf(record: DecodedRecord): WalkEntry {
  const { path, identity, error, type, flags } = record;
  if (type !== 'mount') return { type, path, identity, pruned: (flags & FLAG_PRUNED) !== 0, error };
  return { type, path, identity, fileSystemType: record.extra.toString(), decision: decisionOf(flags), error };
}

function decisionOf(flags: number): MountDecision {
  if ((flags & FLAG_ENTERED) !== 0) return 'entered';
  return (flags & FLAG_ALREADY_ENTERED) === 0 ? 'not-allowed' : 'already-entered';
}

function checkRoot(options: WalkOptions): void {
  const { root, cursor } = options;
  if (root[0] !== 0x2f) throw invalid('the root of a walk must be an absolute path');
  if (cursor === undefined) return;
  const base = root.toString('latin1').replace(/\/+$/, '');
  const at = cursor.toString('latin1').replace(/\/+$/, '');
  if (at !== base && !at.startsWith(`${base}/`)) throw invalid('the cursor of a walk must lie below its root');
}

function invalid(message: string): Error {
  return Object.assign(new TypeError(message), { code: 'EINVAL' });
}
