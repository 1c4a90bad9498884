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
  all: 'all directories and files are in scope',
  listed: 'the policy lists it',
  'not-listed': 'the policy does not list it',
  vault: 'it is in a folder of Lazaret',
  pseudo: 'it is on a pseudo file system of the kernel',
  network: 'it is on a network drive',
  extension: 'the policy lists its extension',
  'no-extension-listed': 'the policy does not list its extension',
  content: 'its content decides',
  exception: 'an exception excludes it',
  off: 'this kind of scan is switched off',
};

export function formatExplained({ path, exists, link, kinds }: Explained): readonly string[] {
  return [
    `${safeText(path)}${exists ? '' : ' (does not exist now)'}${link ? ' (target of the given link)' : ''}`,
    ...kinds.flatMap(({ kind, scanned, why, decidedBy }) => [
      `  ${kind}: ${WORDS[scanned]} – ${WHYS[why]} (${decidedBy})`,
      // A person who has just scanned this very path would read the line above as wrong.
      ...(kind === 'manual' && why === 'not-listed' ? [NAMED] : []),
    ]),
  ];
}

const NAMED =
  '    This applies to `lazaret scan --all`. `lazaret scan PATH` scans the given path even if its directory is not in scope.';
