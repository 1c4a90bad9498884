// SPDX-License-Identifier: Apache-2.0
// Gives a restored file what it had beside its bytes. What a file system, a kernel or a container will not take is left as it
// is: differences.ts then looks at what stands, and names it. Owns no file.
import type { NewFile } from '@lazaret/host/ports';
import { flagsSetAt } from './inode-flags.ts';
import type { EntryMetadata } from '../format/metadata.ts';

const SET_ID_BITS = 0o6000;
/** FS_XFLAG_EXTSIZE, _COWEXTSIZE, _NODEFRAG: those that a file may be given while it is empty. */
export const EXTENT_FLAGS: number = 0x800 | 0x1_0000 | 0x2000;

/** Before there is content: compression, copy on write, how room is given, and room without data. */
export function prepare(file: NewFile, metadata: EntryMetadata): void {
  writeFlags(file, metadata, flagsSetAt('first'));
  attempt(() => writeExtentSizes(file, metadata));
  // On another file system room may be another thing: of a tmpfs it would be memory.
  if (file.describe().identity.fileSystem !== metadata.file.fileSystem) return;
  for (const range of metadata.reserved) if (!attempt(() => file.reserve(range))) return;
}

/** Owner first: a change of owner takes set-user-id bits and file capabilities away. Times last: all else would change them. */
export function dress(file: NewFile, metadata: EntryMetadata): void {
  const { owner } = metadata;
  attempt(() => file.writeOwner(owner.uid, owner.gid));
  dressAttributes(file, metadata);
  const { uid, gid } = file.describe().identity;
  // A set-user-id bit of somebody else would give his rights away.
  const isOwned = uid === owner.uid && gid === owner.gid;
  attempt(() => file.writeMode(metadata.mode & (isOwned ? 0o7777 : 0o7777 & ~SET_ID_BITS)));
  writeFlags(file, metadata, flagsSetAt('dress'));
  attempt(() => file.writeTimes(BigInt(metadata.times.accessNs), BigInt(metadata.times.modificationNs)));
}

/** After it has its name: into a folder of another project no file can be linked, and what is immutable nowhere. */
export function finish(file: NewFile, metadata: EntryMetadata): void {
  const held = metadata.extendedFlags;
  const now = file.readExtendedFlags();
  if (held !== null && now !== null && held.project !== now.project)
    attempt(() => file.writeExtendedFlags({ ...now, project: held.project }));
  writeFlags(file, metadata, flagsSetAt('last'));
}

/** A folder may have given it some that it never had: an ACL by default, above all. */
function dressAttributes(file: NewFile, metadata: EntryMetadata): void {
  const held = metadata.attributes.map(({ name, value }) => ({
    name: Buffer.from(name, 'base64'),
    value: Buffer.from(value, 'base64'),
  }));
  for (const { name } of file.readAttributes())
    if (!held.some((attribute) => attribute.name.equals(name))) attempt(() => file.removeAttribute(name));
  for (const { name, value } of held) attempt(() => file.writeAttribute(name, value));
}

function writeFlags(file: NewFile, { inodeFlags }: EntryMetadata, bits: readonly number[]): void {
  if (inodeFlags === null) return;
  const now = attempt(() => file.readInodeFlags()) ? file.readInodeFlags() : 0;
  const mask = bits.reduce((sum, bit) => sum | bit, 0);
  const wanted = ((now & ~mask) | (inodeFlags & mask)) >>> 0;
  if (wanted === now || attempt(() => file.writeInodeFlags(wanted))) return;
  // Not all at once: then those that can be.
  for (const bit of bits) {
    const current = file.readInodeFlags();
    const next = ((current & ~bit) | (inodeFlags & bit)) >>> 0;
    if (next !== current) attempt(() => file.writeInodeFlags(next));
  }
}

function writeExtentSizes(file: NewFile, { extendedFlags: held }: EntryMetadata): void {
  const now = file.readExtendedFlags();
  if (held === null || now === null) return;
  const flags = ((now.flags & ~EXTENT_FLAGS) | (held.flags & EXTENT_FLAGS)) >>> 0;
  const { extentSize, copyExtentSize } = held;
  if (flags !== now.flags || extentSize !== now.extentSize || copyExtentSize !== now.copyExtentSize)
    file.writeExtendedFlags({ ...now, flags, extentSize, copyExtentSize });
}

function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
