// SPDX-License-Identifier: Apache-2.0
// Paths as words: absolute or not, inside or not, in the manner of the operating system. No file system is asked.
import type { OperatingSystem } from '../actions/action.ts';

/** The longest path that a policy may name (Linux' PATH_MAX). Files found by a walk may be deeper. */
export const POLICY_PATH_LENGTH_MAX = 4096;

/** What a place on the network may begin with, before its colon. */
export const NETWORK_SCHEMES: ReadonlySet<string> = new Set([
  'nfs',
  'nfs4',
  'smb',
  'smb2',
  'smb3',
  'cifs',
  'afs',
  'ceph',
  'glusterfs',
  '9p',
  'sshfs',
  'webdav',
  'webdavs',
  'dav',
  'davs',
  'sftp',
  'ftp',
  'ftps',
  'http',
  'https',
]);

/** LM-8: written as a place on the network: `\\server\share`, `//server/share`, `nfs:…` (also `smb:`, `cifs:`), `server:/export`. */
export function isNetworkPath(path: string): boolean {
  const scheme = /^([a-z0-9]+):/i.exec(path)?.[1]?.toLowerCase();
  return (
    path.startsWith('\\\\') ||
    path.startsWith('//') ||
    (scheme !== undefined && NETWORK_SCHEMES.has(scheme)) ||
    /^([a-z0-9._-]+@[a-z0-9._-]+|[a-z0-9._-]{2,}):\//i.test(path)
  );
}

/** `/…` on Linux, `C:\…` or `C:/…` on Windows. */
export function isAbsolutePath(path: string, operatingSystem: OperatingSystem): boolean {
  return operatingSystem === 'windows' ? /^[a-z]:[\\/]/i.test(path) : path.startsWith('/');
}

/**
 * One form for comparison: `/` between names, none at the end, doubled ones and `.` gone. On Windows also lower case, and the drive is the first
 * name (`/c:/users`), so that every path of either system begins at `/`. `..` is left: refuse it (`climbs`).
 */
export function canonicalPath(path: string, operatingSystem: OperatingSystem): string {
  const slashed = operatingSystem === 'windows' ? path.replaceAll('\\', '/').toLowerCase() : path;
  return `/${slashed
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`;
}

/** Whether a path climbs (`..`): a rule must not depend on what a link makes of that. */
export function climbs(path: string): boolean {
  return path.split(/[\\/]/).includes('..');
}

/** Whether `path` is `directory` or lies anywhere beneath it; both canonical. */
export function isInside(path: string, directory: string): boolean {
  if (!path.startsWith(directory)) return false;
  return path.length === directory.length || directory.endsWith('/') || path[directory.length] === '/';
}

/** The directory of a canonical path: `/` of `/a`. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** The last name of a canonical path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
