// SPDX-License-Identifier: Apache-2.0
// Facts of this VM that core's decisions are made from: links, rights, variables.
import { readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { type LinkFacts, pathTextFromBytes } from '@lazaret/core';
import { placeOf } from '@lazaret/safefs';

/** Where a path leads when links are followed; null when it does not exist. One that leads into a user's file system in user space stays as it is: nobody
 *  asks there, and who goes to it is told so. */
export function realPath(path: string | Buffer): Buffer | null {
  const place = placeOf(Buffer.from(path), { followLast: true });
  if (place.found) return place.path;
  return place.code === 'EREMOTEIO' ? Buffer.from(path) : null;
}

/** Whether any user may put files there (EX-2). */
export function everyoneCanWrite(path: string): boolean {
  const place = placeOf(Buffer.from(path));
  return place.found && place.type !== 'symlink' && (place.identity.mode & 0o002) !== 0;
}

/** As many as the kernel follows. */
const LINKS_MAX = 40;

/** Where an exception's place leads over links; null: no link is on the way, or nothing is there. */
export function linkOf(path: string): LinkFacts | null {
  const followed = followRootsLinks(path, LINKS_MAX);
  if (followed !== null)
    return followed === path || realPath(followed) === null ? null : { target: followed, rootsAlone: true };
  const real = realPath(path);
  return real === null ? null : { target: pathTextFromBytes(real), rootsAlone: false };
}

/**
 * The place by links that are root's and lie where nobody else could put another one; null where one is somebody else's. What is looked at is what is
 * answered: asked twice, a user could change his link between.
 */
function followRootsLinks(path: string, linksLeft: number): string | null {
  let at = '/';
  let isRoots = true;
  const names = path.split('/').filter((name) => name !== '');
  for (const [index, name] of names.entries()) {
    const here = resolve(at, name);
    const place = placeOf(Buffer.from(here));
    if (!place.found) return resolve(at, ...names.slice(index));
    const { uid, mode } = place.identity;
    if (place.type === 'symlink') {
      if (!isRoots || uid !== 0 || linksLeft === 0) return null;
      return followRootsLinks(resolve(at, readlinkSync(here), ...names.slice(index + 1)), linksLeft - 1);
    }
    isRoots &&= uid === 0 && (mode & 0o022) === 0;
    at = here;
  }
  return at;
}

/** The number of an account in /etc/passwd; null when there is none. Accounts of a directory service are named by their number. */
export function userId(name: string): number | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [account, , uid] = line.split(':');
    if (account === name && /^\d+$/.test(uid ?? '')) return Number(uid);
  }
  return null;
}

/** Variables of the system, never of a process (EX-2b): Linux has none but these, by convention. */
export function systemVariables(): Readonly<Record<string, string>> {
  return { TMPDIR: '/tmp', HOMES: '/home' };
}
