// SPDX-License-Identifier: Apache-2.0
// The root-only folder that a file is moved into before it is deleted. Linux cannot unlink by descriptor: so the name is first
// brought where nobody else can swap it, there the object is compared, and only then it goes – or it is put back.
// The folder is made anew for each removal at the root of the same mount (a rename never leaves its mount), else beside the
// file. Owns the folder and its descriptor until close(); the parent's descriptor is the caller's.
import { closeSync } from 'node:fs';
import {
  describe,
  describeAt,
  makeDirectoryAt,
  nameOfDescriptor,
  openDirectoryAt,
  removeDirectoryAt,
  renameWithoutReplacing,
  type Place,
} from '@lazaret/host';
import { errnoOf } from './codes.ts';
import { isSameObject } from './scanned-file.ts';

export const STAGING_PREFIX = '.lazaret-staging-';
const OBJECT_NAME = Buffer.from('object');
const CLIMB_MAX = 10_000;

/** Where a staging folder may be made. `path` is for the journal. */
export interface StagingParent {
  readonly fd: number;
  readonly path: Buffer;
  /** Others could rename the folder away: its handle must be written down. */
  readonly othersMayRename: boolean;
}

export interface Staging {
  readonly directoryFd: number;
  readonly handle: string | null;
  readonly object: Place;
}

/** The root of the mount that a directory is on, by going up from it: no path is looked up, so nothing can be swapped. The caller closes `fd`. */
export function openMountRoot(directoryFd: number): StagingParent {
  const mountId = describe(directoryFd).identity.mountId;
  let current = openDirectoryAt(directoryFd, Buffer.from('.'));
  for (let step = 0; step < CLIMB_MAX && !describe(current).mountRoot; step++) {
    const upper = openDirectoryAt(current, Buffer.from('..'));
    const top =
      describe(upper).identity.mountId !== mountId ||
      isSameObject(describe(upper).identity, describe(current).identity);
    if (top) {
      closeSync(upper);
      break;
    }
    closeSync(current);
    current = upper;
  }
  return stagingParent(current);
}

export function stagingParent(fd: number): StagingParent {
  const { uid, mode } = describe(fd).identity;
  const sticky = (mode & 0o1000) !== 0;
  const othersMayRename = uid !== process.geteuid?.() || ((mode & 0o022) !== 0 && !sticky);
  return { fd, path: nameOfDescriptor(fd), othersMayRename };
}

/** Makes the folder and makes sure that it is ours: new, no link, on the same mount, closed to all others. */
export function makeStaging(parent: StagingParent, name: Buffer): Staging {
  makeDirectoryAt({ directoryFd: parent.fd, name }, 0o700);
  const directoryFd = openDirectoryAt(parent.fd, name);
  const { identity } = describe(directoryFd);
  if (isPrivate(directoryFd) && identity.mountId === describe(parent.fd).identity.mountId) {
    return { directoryFd, handle: identity.handle, object: { directoryFd, name: OBJECT_NAME } };
  }
  closeSync(directoryFd);
  throw Object.assign(new Error('the staging folder was swapped'), { code: 'ELOOP' });
}

export function isPrivate(directoryFd: number): boolean {
  const { type, identity } = describe(directoryFd);
  return type === 'directory' && identity.uid === process.geteuid?.() && (identity.mode & 0o077) === 0;
}

/** Opens a staging folder that a dead process left; the caller closes its descriptor. */
export function stagingOf(directoryFd: number): Staging {
  return { directoryFd, handle: null, object: { directoryFd, name: OBJECT_NAME } };
}

/**
 * Takes the empty folder away; false when it could not be, and the next start has to. Somebody who owns the parent may have moved
 * it: then it is not under its name, and stays empty where it is.
 */
export function clearStaging(parent: StagingParent, name: Buffer, staging: Staging): boolean {
  try {
    const place: Place = { directoryFd: parent.fd, name };
    if (isSameObject(describeAt(place).identity, describe(staging.directoryFd).identity)) removeDirectoryAt(place);
    return true;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
}

export function isStaged(staging: Staging): boolean {
  try {
    describeAt(staging.object);
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
      renameWithoutReplacing(object, { directoryFd: place.directoryFd, name });
      return attempt === 0 ? { kind: 'in-place' } : { kind: 'beside', name };
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') return { kind: 'stranded', errno: errnoOf(error) };
    }
    const suffix = Buffer.from(`.lazaret-put-back-${random(4).toString('hex')}`);
    name = Buffer.concat([place.name.subarray(0, NAME_BYTES_MAX - suffix.length), suffix]);
  }
  return { kind: 'stranded', errno: 'EEXIST' };
}
