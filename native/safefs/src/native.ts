// SPDX-License-Identifier: Apache-2.0
// What addon/*.cpp exports, as TypeScript sees it. Only the files beside this one call it.

/** A batch of packed records (record.ts) and the bytes that they point into. */
export interface PackedBatch {
  readonly records: Buffer;
  readonly blob: Buffer;
}

export interface NativeWalkOptions {
  readonly root: Buffer;
  readonly cursor: Buffer | null;
  readonly prune: readonly Buffer[];
  readonly crossFileSystemTypes: readonly Buffer[];
  readonly crossMountIds: readonly number[];
  readonly subdirectories: boolean;
  readonly directoryNameBytesMax: number;
  readonly nameBytesMax: number;
}

export interface NativeWalk {
  next(): Promise<PackedBatch | null>;
  close(): void;
}

/** The user whose rights an open takes (openAsCaller). */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface NativeAddon {
  readonly Walk: new (options: NativeWalkOptions) => NativeWalk;
  openMany(
    requests: readonly (number | Buffer)[],
    followLast: boolean,
    noSymlinks: boolean,
    caller: Caller | null,
  ): Promise<PackedBatch>;
  placeOf(path: Buffer, followLast: boolean): PackedBatch;
  openAt(directoryFd: number, path: Buffer, flags: number, mode: number, noSymlinks: boolean): number;
  identityAt(directoryFd: number, name: Buffer): PackedBatch;
  renameAt(fromFd: number, fromName: Buffer, toFd: number, toName: Buffer, exchange: boolean): void;
  linkDescriptor(fd: number, directoryFd: number, name: Buffer): void;
  unlinkAt(directoryFd: number, name: Buffer, directory: boolean): void;
  makeDirectoryAt(directoryFd: number, name: Buffer, mode: number): void;
  openByHandle(mountFd: number, type: number, handle: Buffer, flags: number): number;
  listAttributes(fd: number): Buffer;
  getAttribute(fd: number, name: Buffer): Buffer;
  setAttribute(fd: number, name: Buffer, value: Buffer): void;
  removeAttribute(fd: number, name: Buffer): void;
  inodeFlags(fd: number): number;
  setInodeFlags(fd: number, flags: number): void;
  extendedFlags(fd: number): readonly number[];
  setExtendedFlags(fd: number, flags: number, extentSize: number, project: number, copyExtentSize: number): void;
  dataRanges(fd: number, from: number, size: number, rangesMax: number): readonly number[];
  reservedRanges(fd: number, rangesMax: number, extentsMax: number): readonly number[];
  reserve(fd: number, start: number, bytes: number): void;
  setTimes(
    fd: number,
    accessSeconds: bigint,
    accessNanoseconds: number,
    modificationSeconds: bigint,
    modificationNanoseconds: number,
  ): void;
  holdLease(fd: number, on: boolean): boolean;
  leaseHeld(fd: number): boolean;
}
