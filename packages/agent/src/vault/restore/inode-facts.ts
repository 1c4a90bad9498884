// SPDX-License-Identifier: Apache-2.0
// What an open file has beside its bytes, as an entry holds it. Owns no file.
import type { OpenFile } from '@lazaret/host/ports';
import type { EntryMetadata } from '../format/metadata.ts';

type InodeFacts = Pick<EntryMetadata, 'allocatedBytes' | 'reserved' | 'inodeFlags' | 'extendedFlags'>;

export type FileFacts = InodeFacts & Pick<EntryMetadata, 'owner' | 'mode' | 'times' | 'size' | 'file'>;

/** A file with more of them has them filled with zeros or left out, and a restore tells what room it takes. */
const RESERVED_RANGES_MAX = 1_024;
const EXTENTS_LOOKED_AT_MAX = 65_536;

export function readFileFacts(file: OpenFile): FileFacts {
  const { identity } = file.describe();
  return {
    owner: { uid: identity.uid, gid: identity.gid },
    mode: identity.mode & 0o7777,
    times: {
      accessNs: String(identity.atimeNs),
      modificationNs: String(identity.mtimeNs),
      changeNs: String(identity.ctimeNs),
    },
    size: identity.size,
    ...readInodeFacts(file),
    file: {
      device: String(identity.device),
      inode: String(identity.inode),
      handle: identity.handle,
      fileSystem: identity.fileSystem,
    },
  };
}

function readInodeFacts(file: OpenFile): InodeFacts {
  const reserved = file.reservedRanges(RESERVED_RANGES_MAX, EXTENTS_LOOKED_AT_MAX);
  return {
    allocatedBytes: file.allocatedBytes(),
    reserved: reserved.filter(({ end }) => Number.isSafeInteger(end)),
    inodeFlags: file.readInodeFlags(),
    extendedFlags: file.readExtendedFlags(),
  };
}
