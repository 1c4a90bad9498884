// SPDX-License-Identifier: Apache-2.0
// The staging folder, which only root can enter. A file is moved into it before it is deleted. Linux cannot delete a file by its descriptor, so the name is
// first moved to where nobody else can swap it; there the object is compared, and then it is deleted or put back. Each removal makes a new folder at the root
// of the same mount, because a rename cannot leave its mount; if that fails, it makes the folder beside the file. Whoever makes the folder closes it; the
// caller owns the parent.
import { closingOnFault, sameObject, type OpenFolder, type Place } from '@lazaret/host/ports';
import { errnoOf } from './codes.ts';

export const STAGING_PREFIX = '.lazaret-staging-';
const OBJECT_NAME = Buffer.from('object');

/** Where a staging folder may be made. `path` is for the journal. */
export interface StagingParent {
  readonly folder: OpenFolder;
  readonly path: Buffer;
  /** Others could rename the folder away: its handle must be written down. */
  readonly othersMayRename: boolean;
}

export interface Staging {
  readonly folder: OpenFolder;
  readonly handle: string | null;
  readonly object: Place;
}

/** The caller closes `folder`. */
export function stagingParent(folder: OpenFolder): StagingParent {
  return { folder, path: folder.place(), othersMayRename: folder.othersMayRename() };
}

/** Makes the folder and makes sure that it is ours: new, no link, on the same mount, closed to all others. */
export function makeStaging(parent: StagingParent, name: Buffer): Staging {
  parent.folder.makeFolder(name, 0o700);
  const folder = parent.folder.openFolder(name);
  return closingOnFault(folder, () => {
    if (!folder.isPrivate() || !folder.isOnMountOf(parent.folder))
      throw Object.assign(new Error('another process replaced the staging folder'), { code: 'ELOOP' });
    return { folder, handle: folder.describe().identity.handle, object: { folder, name: OBJECT_NAME } };
  });
}

/** A staging folder that a dead process left; the caller closes it. */
export function stagingOf(folder: OpenFolder): Staging {
  return { folder, handle: null, object: { folder, name: OBJECT_NAME } };
}

/**
 * Takes the empty folder away; false when it could not be, and the next start has to. Somebody who owns the parent may have moved
 * it: then it is not under its name, and stays empty where it is.
 */
export function clearStaging(parent: StagingParent, name: Buffer, staging: Staging): boolean {
  try {
    if (sameObject(parent.folder.describeName(name).object, staging.folder.describe().object))
      parent.folder.removeFolder(name);
    return true;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
}

export function isStaged({ object }: Staging): boolean {
  try {
    object.folder.describeName(object.name);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}

/** How a file that was taken by mistake came back: `beside` when its place was taken meanwhile; `stranded` when it could not be put back at all. */
export type PutBack =
  | { readonly kind: 'in-place' }
  | { readonly kind: 'beside'; readonly name: Buffer }
  | { readonly kind: 'stranded'; readonly errno: string };

const NAME_BYTES_MAX = 255;

/** Never over a foreign file: a place that is taken gives the next name, and at the worst the file stays in the root-only folder. */
export function putBack(object: Place, place: Place, random: (bytes: number) => Buffer): PutBack {
  let name = place.name;
  for (let attempt = 0; attempt < 16; attempt++) {
    try {
      object.folder.rename(object.name, { folder: place.folder, name });
      return attempt === 0 ? { kind: 'in-place' } : { kind: 'beside', name };
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') return { kind: 'stranded', errno: errnoOf(error) };
    }
    const suffix = Buffer.from(`.lazaret-put-back-${random(4).toString('hex')}`);
    name = Buffer.concat([place.name.subarray(0, NAME_BYTES_MAX - suffix.length), suffix]);
  }
  return { kind: 'stranded', errno: 'EEXIST' };
}
