// SPDX-License-Identifier: Apache-2.0
// Facts of this VM that core's decisions are made from: links, rights, variables.
import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';

/** Where a path leads when links are followed; null when it does not exist. */
export function realPath(path: string | Buffer): Buffer | null {
  try {
    return realpathSync.native(path, { encoding: 'buffer' });
  } catch {
    return null;
  }
}

/** Whether any user may put files there (EX-2). */
export function everyoneCanWrite(path: string): boolean {
  try {
    return (statSync(path).mode & 0o002) !== 0 && !lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
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
