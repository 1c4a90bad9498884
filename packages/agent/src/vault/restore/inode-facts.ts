// SPDX-License-Identifier: Apache-2.0
// What an open file has beside its bytes, as an entry holds it. Owns no descriptor.
import { fstatSync } from 'node:fs';
import { describe, readExtendedFlags, readInodeFlags, reservedRanges } from '@lazaret/host';
import type { EntryMetadata } from '../format/metadata.ts';

type InodeFacts = Pick<EntryMetadata, 'allocatedBytes' | 'reserved' | 'inodeFlags' | 'extendedFlags'>;

export type FileFacts = InodeFacts & Pick<EntryMetadata, 'owner' | 'mode' | 'times' | 'size' | 'file'>;

/** A file with more of them has them filled with zeros or left out, and a restore tells what room it takes. */
const RESERVED_RANGES_MAX = 1_024;
const EXTENTS_LOOKED_AT_MAX = 65_536;

export function readFileFacts(fd: number): FileFacts {
  const { identity } = describe(fd);
  return {
    owner: { uid: identity.uid, gid: identity.gid },
    mode: identity.mode & 0o7777,
    times: {
      accessNs: String(identity.atimeNs),
      modificationNs: String(identity.mtimeNs),
      changeNs: String(identity.ctimeNs),
    },
    size: identity.size,
    ...readInodeFacts(fd),
    file: {
      device: String(identity.device),
      inode: String(identity.inode),
      handle: identity.handle,
      fileSystem: identity.fileSystem,
    },
  };
}

function readInodeFacts(fd: number): InodeFacts {
  const reserved = reservedRanges(fd, RESERVED_RANGES_MAX, EXTENTS_LOOKED_AT_MAX);
  return {
    allocatedBytes: fstatSync(fd).blocks * 512,
    reserved: reserved.filter(({ end }) => Number.isSafeInteger(end)),
    inodeFlags: readInodeFlags(fd),
    extendedFlags: readExtendedFlags(fd),
  };
}
