// SPDX-License-Identifier: Apache-2.0
// Finds a file that has other names still, by its handle: that names the very inode, whatever its names are, and no path is
// looked up that somebody could swap. It is only given out where it is the held file in content, owner, mode, attributes and
// flags, but for what was told when it came back. Files given out are the caller's.
import type { RestoreDifference } from '@lazaret/contract';
import type { FileIdentity, OpenFile, OpenFolder } from '@lazaret/host/ports';
import { differencesOfStanding } from '../restore/differences.ts';
import { digestFile } from './file-io.ts';
import type { EntryMetadata } from '../format/metadata.ts';

/** The same file for as long as its file system lives: the handle has the inode's generation. */
export interface FileKey {
  readonly fileSystem: string;
  readonly handle: string;
}

/** Where a held file may stand. `differences`: those that were told when it came back there. */
export interface StandingFile {
  readonly key: FileKey;
  readonly differences: readonly RestoreDifference[];
}

/** Null where the file system has no handles. */
export function keyOfFile({
  fileSystem,
  handle,
}: {
  readonly fileSystem: string | null;
  readonly handle: string | null;
}): FileKey | null {
  return fileSystem === null || handle === null ? null : { fileSystem, handle };
}

export function isSameKey(one: FileKey | null, other: FileKey | null): boolean {
  return one !== null && one.handle === other?.handle && one.fileSystem === other.fileSystem;
}

/** Null: it does not stand any more on the file system of `folder`, or is not what was held. */
export async function openStanding(
  folder: OpenFolder,
  standing: StandingFile,
  metadata: EntryMetadata,
): Promise<{ readonly file: OpenFile; readonly differences: readonly RestoreDifference[] } | null> {
  const { key } = standing;
  if (folder.describe().identity.fileSystem !== key.fileSystem) return null;
  let file: OpenFile;
  try {
    file = folder.openFileByHandle(key.handle);
  } catch {
    return null;
  }
  const differences = await differencesIfHeld(file, standing, metadata).catch(() => null);
  if (differences !== null) return { file, differences };
  file.close();
  return null;
}

async function differencesIfHeld(
  file: OpenFile,
  { key, differences: told }: StandingFile,
  metadata: EntryMetadata,
): Promise<readonly RestoreDifference[] | null> {
  const { type, identity } = file.describe();
  if (type !== 'regular' || identity.nlink === 0 || !isSameKey(keyOfFile(identity), key)) return null;
  const differences = differencesOfStanding(file, metadata);
  const isTold = ({ what, detail }: RestoreDifference): boolean =>
    told.some((one) => one.what === what && one.detail === detail);
  if (identity.size !== metadata.size || !differences.every(isTold)) return null;
  const { sha256, storedSha256 } = await digestFile(file);
  if (sha256 !== metadata.sha256 || storedSha256 !== metadata.storedSha256) return null;
  return isUnchanged(identity, file.describe().identity) ? told : null;
}

function isUnchanged(before: FileIdentity, now: FileIdentity): boolean {
  return (
    before.size === now.size &&
    before.mtimeNs === now.mtimeNs &&
    before.ctimeNs === now.ctimeNs &&
    before.nlink === now.nlink
  );
}
