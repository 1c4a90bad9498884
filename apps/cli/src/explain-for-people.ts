// SPDX-License-Identifier: Apache-2.0
// An explanation in lines for people. Pure.
import type { Explained } from '@lazaret/agent';
import { safeText } from './words.ts';

const WORDS = {
  yes: 'scanned',
  no: 'not scanned',
  'if-type': 'scanned if its content is of a type that IntelliScan lists',
} as const;

export function formatExplained({ path, exists, link, kinds }: Explained): readonly string[] {
  return [
    `${safeText(path)}${exists ? '' : ' (no such file now)'}${link ? ' (where the given path leads)' : ''}`,
    ...kinds.flatMap(({ kind, scanned, why, decidedBy }) => [
      `  ${kind}: ${WORDS[scanned]} – ${why}, by ${decidedBy}`,
      // A person who has just scanned this very path would read the line above as wrong.
      ...(kind === 'manual' && why === 'not-listed' ? [NAMED] : []),
    ]),
  ];
}

const NAMED =
  '    That is for `scan --all`. The directories do not count for a path that is named: `lazaret scan PATH`.';
