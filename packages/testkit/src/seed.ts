// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';

/** The seed of this run: `LAZARET_SEED`, or a new one. Tests that use it print it, so that a failure can be repeated. */
export const testSeed: number = Number(process.env['LAZARET_SEED'] ?? randomInt(1, 2 ** 31));

/** Whether heavy proofs run at their full size. */
export const fullSize: boolean = process.env['LAZARET_FULL'] === '1';

/** A small random generator (mulberry32) for tests: the same seed gives the same numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
