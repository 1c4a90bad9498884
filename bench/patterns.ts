// SPDX-License-Identifier: Apache-2.0
// Patterns for measurements: random ones, so that nothing is found, and nobody can be quick by finding.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HASHES = 20_000;
const BODIES = 2_000;

/** Makes the directory; answers how many signatures lie in it. */
export function writePatterns(directory: string): number {
  mkdirSync(directory, { recursive: true });
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const hash = (index: number): string => `${randomBytes(16).toString('hex')}:${1_000 + index}:Bench.Hash-${index}\n`;
  const body = (index: number): string => `Bench.Body-${index}:0:*:${randomBytes(24).toString('hex')}\n`;
  writeFileSync(join(directory, 'bench.hdb'), lines(HASHES, hash));
  writeFileSync(join(directory, 'bench.ndb'), lines(BODIES, body));
  return HASHES + BODIES;
}
