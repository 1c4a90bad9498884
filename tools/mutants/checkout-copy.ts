// SPDX-License-Identifier: Apache-2.0
// A copy of this checkout for mutants: they are written into files, and a kill in between would leave them there.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const COPIES = join(ROOT, '.build/mutants');
const COPIED = [
  'packages',
  'apps',
  'patterns',
  'vectors',
  'docs',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
] as const;

/** Its path: one for this process, gone with it. Packages of the workspace are links, which lead into the copy. */
export function copyCheckout(): string {
  removeLeftCopies();
  const copy = join(COPIES, String(process.pid));
  mkdirSync(copy, { recursive: true });
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const name of COPIED) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  // Hard links: nobody writes to these.
  execFileSync('cp', ['-al', join(ROOT, 'node_modules'), join(copy, 'node_modules')]);
  return copy;
}

/** Of runs that were killed. */
function removeLeftCopies(): void {
  if (!existsSync(COPIES)) return;
  for (const name of readdirSync(COPIES))
    if (!existsSync(`/proc/${name}`)) rmSync(join(COPIES, name), { recursive: true, force: true });
}
