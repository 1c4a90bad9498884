// SPDX-License-Identifier: Apache-2.0
// Which C++ sources there are, and how their form and their usual faults are looked at.
import { globSync } from 'node:fs';
import { join } from 'node:path';

export type Command = readonly [program: string, ...argv: string[]];

/** All sources and headers below a folder, as absolute paths, without what npm brought. */
export function sourcesIn(folder: string): readonly string[] {
  return globSync('**/*.{cpp,h}', { cwd: folder, exclude: ['**/node_modules/**'] })
    .toSorted()
    .map((path) => join(folder, path));
}

export const formatCommand = (sources: readonly string[], write: boolean): Command => [
  'clang-format-14',
  ...(write ? ['-i'] : ['--dry-run', '-Werror']),
  '--style=file',
  ...sources,
];

/** Of the product's own sources: fuzz programs and addons need headers of clang and of Node. */
export const lintCommand = (root: string, sources: readonly string[]): Command => [
  'cppcheck',
  '--std=c++20',
  '--language=c++',
  '--quiet',
  '--inline-suppr',
  '--error-exitcode=1',
  '--enable=warning,performance,portability',
  ...['native', 'native/gate/src', 'native/scanner/src'].map((place) => `-I${join(root, place)}`),
  '-j2',
  ...sources.filter((path) => path.includes('/src/') && path.endsWith('.cpp')),
];
