// SPDX-License-Identifier: Apache-2.0
// An explanation in lines for people. Pure.
import type { Explained } from '@lazaret/agent';
import { safeText } from './words.ts';

const WORDS = {
  yes: 'scanned',
  no: 'not scanned',
  'if-type': 'scanned if its content is of a type that IntelliScan lists',
} as const;

const WHYS: Record<Explained['kinds'][number]['why'], string> = {
  all: 'all directories and all files are in scope',
  listed: 'it is listed',
  'not-listed': 'it is not listed',
  vault: "it is in Lazaret's own folders",
  pseudo: 'it is on a file system of the kernel',
  network: 'it is on a network drive',
  extension: 'by its extension',
  'no-extension-listed': 'its extension is not listed',
  content: 'its content decides',
  exception: 'an exception hides it',
  off: 'this kind of scan is switched off',
};

export function formatExplained({ path, exists, link, kinds }: Explained): readonly string[] {
  return [
    `${safeText(path)}${exists ? '' : ' (no such file now)'}${link ? ' (where the given path leads)' : ''}`,
    ...kinds.flatMap(({ kind, scanned, why, decidedBy }) => [
      `  ${kind}: ${WORDS[scanned]} – ${WHYS[why]} (${decidedBy})`,
      // A person who has just scanned this very path would read the line above as wrong.
      ...(kind === 'manual' && why === 'not-listed' ? [NAMED] : []),
    ]),
  ];
}

const NAMED =
  '    That is for `scan --all`. The directories do not count for a path that is named: `lazaret scan PATH`.';
