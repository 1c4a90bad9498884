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
}
