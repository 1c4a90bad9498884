// SPDX-License-Identifier: Apache-2.0
// A folder that nobody but us may enter: made so, and refused when it is not so. Its files are small and written whole.
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '@lazaret/platform';
import type { OwnFolder } from '../../ports/files.ts';

export function openOwnFolder(path: string): OwnFolder | null {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== process.geteuid?.() || (stat.mode & 0o077) !== 0) return null;
  return {
    names: () => readdirSync(path),
    read: (name) => readFileSync(join(path, name), 'utf8'),
    write: (name, text) => writeFileAtomic(join(path, name), text, 0o600),
    rename: (from, to) => renameSync(join(path, from), join(path, to)),
    remove: (name) => rmSync(join(path, name), { force: true }),
  };
}
