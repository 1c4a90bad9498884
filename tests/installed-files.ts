// SPDX-License-Identifier: Apache-2.0
// For tests: what lies on a machine whoever else works on it. Files that Debian's packages brought, and those of this checkout; what others make, change or
// take away beside them is none of it.
import { execFileSync } from 'node:child_process';
import { globSync, lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** null: it has gone. */
export function regularFile(path: string): Stats | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats : null;
}

/** Regular files that packages brought, of these places, in the order of their names. */
export function packageFiles(places: RegExp): string[] {
  const listed = globSync('/var/lib/dpkg/info/*.list').flatMap((list) => readFileSync(list, 'utf8').split('\n'));
  // Some packages still name what moved below /usr.
  const paths = new Set(listed.map((path) => path.replace(/^\/(?=(?:bin|sbin|lib\w*)\/)/, '/usr/')));
  return [...paths].filter((path) => places.test(path) && regularFile(path) !== null).toSorted();
}

/** Regular files of a checkout, committed or not, without what it builds. */
export function checkoutFiles(root: string): string[] {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], options);
  const paths = names.split('\0').filter(Boolean);
  return paths.map((name) => join(root, name)).filter((path) => regularFile(path) !== null);
}
