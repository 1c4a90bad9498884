// SPDX-License-Identifier: Apache-2.0
// The golden vectors of releases, for every maker of one. Their values come from another program (Python's hashlib).
import { readFileSync } from 'node:fs';

export interface ReleaseVector {
  readonly why: string;
  readonly label: string;
  readonly files: readonly {
    readonly name: string;
    readonly text: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly identity: string;
  readonly id: string;
}

export function releaseVectors(): readonly ReleaseVector[] {
  const file = new URL('../../../vectors/releases.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly ReleaseVector[];
}
