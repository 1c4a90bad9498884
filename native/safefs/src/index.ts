// SPDX-License-Identifier: Apache-2.0
// The typed face of the safefs addon: what must be done on the very object that was scanned, and the fast tree walk.
// Knows nothing of the product. All names and paths are Buffers: a Linux name is any bytes.
export type { Caller } from './native.ts';
export { type Mount, readMounts } from './mounts.ts';
export {
  openAsCaller,
  openForScan,
  type Named,
  type OpenOptions,
  type OpenRequest,
  type OpenResult,
  placeOf,
} from './open.ts';
export {
  dataRanges,
  type ExtendedFlags,
  type Range,
  readExtendedFlags,
  readInodeFlags,
  reserve,
  reservedRanges,
  writeExtendedFlags,
  writeInodeFlags,
} from './extents.ts';
export type { EntryType, FileIdentity } from './record.ts';
export { type MountDecision, TreeWalk, type WalkEntry, type WalkOptions } from './walk.ts';
export {
  type Described,
  describe,
  describeAt,
  dropLease,
  exchange,
  leaseHeld,
  linkDescriptor,
  makeDirectoryAt,
  openAt,
  openByHandle,
  openDirectory,
  openDirectoryAt,
  openUnnamed,
  type Place,
  protection,
  readAttributes,
  removeAttribute,
  removeDirectoryAt,
  renameWithoutReplacing,
  takeLease,
  unlinkAt,
  writeAttribute,
  writeTimes,
} from './at.ts';
