// SPDX-License-Identifier: Apache-2.0
// Whoever can write an agent's policy decides what root deletes and where. So the file and every directory on the way to it must be writable by root alone, as
// sshd requires for authorized_keys. In a directory with the sticky bit (`/tmp`) nobody can replace another user's file.
import { realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { LazaretError } from '@lazaret/core';

const STICKY = 0o1000;

/** `stat`: of the file as it is open. Throws `policy.foreign_file`. */
export function requireOurs(path: string, stat: Stats): void {
  if (!isOurs(stat)) throw foreign(path, path);
  const real = realpathSync(path);
  for (let above = dirname(real); ; above = dirname(above)) {
    const directory = statSync(above);
    if (!isOurs(directory) && !(hasOurOwner(directory) && (directory.mode & STICKY) !== 0)) throw foreign(path, above);
    if (above === dirname(above)) return;
  }
}

/** The group root is root. */
function isOurs(stat: Stats): boolean {
  const others = stat.gid === 0 ? 0o002 : 0o022;
  return hasOurOwner(stat) && (stat.mode & others) === 0;
}

function hasOurOwner({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

function foreign(path: string, where: string): LazaretError {
  return new LazaretError(
    'policy.foreign_file',
    `${path} is not accepted as a policy, because users other than root can write to ${where}.`,
    {
      where: path,
    },
  );
}
