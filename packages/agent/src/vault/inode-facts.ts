// SPDX-License-Identifier: Apache-2.0
// What a file has beside its bytes and what a stat tells: room, flags, project. Owns no descriptor.
import { fstatSync } from 'node:fs';
import { readExtendedFlags, readInodeFlags, reservedRanges } from '@lazaret/safefs';
import type { EntryMetadata } from './metadata.ts';

export type InodeFacts = Pick<EntryMetadata, 'allocatedBytes' | 'reserved' | 'inodeFlags' | 'extendedFlags'>;

/** A file with more of them has them filled with zeros or left out, and a restore tells what room it takes. */
const RESERVED_RANGES_MAX = 1_024;
const EXTENTS_LOOKED_AT_MAX = 65_536;

export function readInodeFacts(fd: number): InodeFacts {
  const reserved = reservedRanges(fd, RESERVED_RANGES_MAX, EXTENTS_LOOKED_AT_MAX);
  return {
    allocatedBytes: fstatSync(fd).blocks * 512,
    reserved: reserved.filter(({ end }) => Number.isSafeInteger(end)),
    inodeFlags: readInodeFlags(fd),
    extendedFlags: readExtendedFlags(fd),
  };
}
