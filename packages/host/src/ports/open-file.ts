// SPDX-License-Identifier: Apache-2.0
// What is open. Whoever opened it, or was given it to keep, closes it once. What was opened stays what is touched, however names are swapped.
//
// Every method throws an Error with a code: EBADF once it is closed, else what the system says (ENOENT, EEXIST, ELOOP, ENOTDIR, EXDEV, EPERM …, by the names of
// errno(3), which a system with other names maps to these).
import type { Attribute, Described, ExtendedFlags, Range } from './file-facts.ts';

export interface OpenObject extends Disposable {
  /** For a wire that takes numbers; it stays ours. Throws EBADF once it is closed. */
  readonly descriptor: number;
  readonly isOpen: boolean;
  /** A second call does nothing: `using` may stand beside an early close. */
  close(): void;
  describe(): Described;
  /** Where it lies now, as the system names it: for people and for the journal, never to be looked up again. */
  place(): Buffer;
  /** Attributes that no action strips. */
  protection(): { readonly immutable: boolean; readonly appendOnly: boolean };
}

/** A file to read. It stays readable when it has lost its last name. */
export interface OpenFile extends OpenObject {
  /** Fills the buffer from `position`; fewer bytes only at the end of the file. */
  readAt(buffer: Buffer, position: number): Promise<number>;
  /** Bytes that it takes on its disk. */
  allocatedBytes(): number;
  /** At most `rangesMax` ranges with data, at or behind `from` and before `size`. Where the file system knows no holes, all is data. */
  dataRanges(from: number, size: number, rangesMax: number): readonly Range[];
  /** Room that it has without data in it, as far as the file system tells; `extentsMax`: how many are looked at. */
  reservedRanges(rangesMax: number, extentsMax: number): readonly Range[];
  /** All of them, with access lists and labels. */
  readAttributes(): readonly Attribute[];
  /** The file system's own flags; 0 where it has none. */
  readInodeFlags(): number;
  /** Null where the file system has none. */
  readExtendedFlags(): ExtendedFlags | null;
  /** Granted only while nobody has the file open for writing or mapped writable; who wants to then waits for us, or is told to come again. */
  takeLease(): boolean;
  /** False as soon as somebody waits to write, or when there is no lease. */
  leaseHeld(): boolean;
  dropLease(): void;
}

/** A file that we make. */
export interface NewFile extends OpenFile {
  /** All of the buffer, or an error. */
  writeAt(buffer: Buffer, position: number): Promise<void>;
  /** Gives it this size; what is new is a hole. */
  setSize(bytes: number): Promise<void>;
  /** What was written survives a power cut. */
  synchronize(): Promise<void>;
  /** Takes set-user-id bits away: first the owner, then the mode. */
  writeOwner(uid: number, gid: number): void;
  writeMode(mode: number): void;
  writeAttribute(name: Buffer, value: Buffer): void;
  removeAttribute(name: Buffer): void;
  /** Nanoseconds since 1970. */
  writeTimes(accessNs: bigint, modificationNs: bigint): void;
  writeInodeFlags(flags: number): void;
  writeExtendedFlags(flags: ExtendedFlags): void;
  /** Gives it room without data; its size stays. */
  reserve(range: Range): void;
}
