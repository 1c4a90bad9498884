// SPDX-License-Identifier: Apache-2.0
// What lies where on this VM.
import type { FileSystemClass as CoreClass } from '@lazaret/core';

/** `root`: which folder of the file system the mount shows. Paths are bytes. */
export interface Mount {
  readonly id: number;
  readonly parentId: number;
  readonly device: string;
  readonly root: Buffer;
  readonly mountPoint: Buffer;
  readonly fileSystemType: string;
  readonly source: string;
  readonly readOnly: boolean;
  /** Of an overlay: where its layers lie, as whoever mounted it named them. */
  readonly layers: readonly Buffer[];
}

/** What a file system is for a scan (LM-8): only `local` ones are entered. */
export type FileSystemClass = 'local' | 'pseudo' | 'network';

export interface MountTable {
  /** The class of the file system that a canonical path lies on. */
  classAt(path: Buffer): CoreClass;
  typeAt(path: Buffer): string;
  /** Types of the local file systems that are mounted. */
  readonly localTypes: readonly string[];
}

export interface Mounts {
  /** In the order in which they were mounted. */
  read(): readonly Mount[];
  table(): MountTable;
}
