// SPDX-License-Identifier: Apache-2.0
// A copy of this checkout for mutants: they are written into files, and a kill in between would leave them there.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['packages', 'vectors', 'package.json', 'tsconfig.json', 'tsconfig.base.json'] as const;

/** Its path; made anew. Packages of the workspace are links, which lead into the copy. */
export function copyCheckout(): string {
  const copy = join(ROOT, '.build/mutants');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of COPIED) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  // Hard links: nobody writes to these.
  execFileSync('cp', ['-al', join(ROOT, 'node_modules'), join(copy, 'node_modules')]);
  return copy;
}
