// SPDX-License-Identifier: Apache-2.0
// The object of an action: the descriptor that was scanned, and what was known about it then. Its path only tells where it was at that time.
import type { ThreatKind } from '@lazaret/core';
import { objectOf, type FileIdentity, type ObjectId, type OpenFile, type OpenFolder } from '@lazaret/host/ports';

export interface ScannedThreat {
  readonly name: string;
  readonly kind: ThreatKind;
  readonly layers: readonly string[];
}

export interface ScannedFile {
  /** Stays the caller's to close. */
  readonly opened: OpenFile;
  /** Absolute, without links and dots, as the walk gave it. */
  readonly path: Buffer;
  /** Opens the folder that holds it, where no path of our own mount tree leads there (a container's tmpfs). It is the action's to close. */
  readonly openParent?: () => OpenFolder;
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

/** The object that was scanned, whatever its name is now. */
export function objectScanned({ identity }: ScannedFile): ObjectId {
  return objectOf(identity);
}
