// SPDX-License-Identifier: Apache-2.0
// Stretches of lines of the groups, in an order that the seed decides: what ./check has time for.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@lazaret/testkit';
import type { MutantGroup } from './groups.ts';

/** Few enough for a run of half a minute on a busy machine; Stryker itself takes seconds to start. */
const LINES = 20;
/** The next run can be longer than the longest yet. */
const RESERVE = 1.5;

export interface Stretch {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly tests: readonly string[];
}

/** Whether one more run can be expected to end in time. */
export function mayStart(nowMs: number, endMs: number, longestMs: number): boolean {
  return nowMs + RESERVE * longestMs < endMs;
}

export function sampleLines(groups: readonly MutantGroup[], directory: string, seed: number): readonly Stretch[] {
  const random = seededRandom(seed);
  return groups
    .flatMap(({ mutate, tests }) => mutate.flatMap((glob) => stretchesOf(glob, tests, directory)))
    .map((stretch) => ({ stretch, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ stretch }) => stretch);
}

function stretchesOf(glob: string, tests: readonly string[], directory: string): readonly Stretch[] {
  const files = globSync(glob, { cwd: directory }).filter((file) => !/\.test\.ts$|\/index\.ts$/.test(file));
  return files.toSorted().flatMap((file) => {
    const count = readFileSync(join(directory, file), 'utf8').split('\n').length;
    return Array.from({ length: Math.ceil(count / LINES) }, (_, at) => ({
      file,
      from: at * LINES + 1,
      to: Math.min(count, (at + 1) * LINES),
      tests,
    }));
  });
}
