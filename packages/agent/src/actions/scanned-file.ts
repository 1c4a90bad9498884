// SPDX-License-Identifier: Apache-2.0
// The object of an action: the very descriptor that was scanned, and what was known of it then. A path is only where it was.
import type { ThreatKind } from '@lazaret/core';
import type { FileIdentity } from '@lazaret/host';

export interface ScannedThreat {
  readonly name: string;
  readonly kind: ThreatKind;
  readonly layers: readonly string[];
}

export interface ScannedFile {
  /** Opened read-only; stays the caller's to close. */
  readonly fd: number;
  /** Absolute, without links and dots, as the walk gave it. */
  readonly path: Buffer;
  /** Opens the folder that holds it, where no path of our own mount tree leads there (a container's tmpfs). The descriptor is the action's. */
  readonly openParent?: () => number;
  readonly identity: FileIdentity;
  /** Null where the scan did not read the whole file. */
  readonly sha256: string | null;
  readonly threats: readonly ScannedThreat[];
  /** Other names of the same file that are known ("k of n names"). */
  readonly otherPaths?: readonly Buffer[];
  readonly detectionId?: string | null;
  readonly patternRelease?: string | null;
  readonly policyHash?: string | null;
}

/** The same file, whatever its name: device, inode, and the handle, which holds the inode's generation. */
export function isSameObject(one: FileIdentity, other: FileIdentity): boolean {
  return one.device === other.device && one.inode === other.inode && one.handle === other.handle;
}
