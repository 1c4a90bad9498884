// SPDX-License-Identifier: Apache-2.0
// Builds the programs, makes the corpus, shares the time out: two targets at a time. Works in .build/fuzz of this checkout.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeCorpus } from './corpus.ts';
import { type FuzzRun, runTarget } from './run-target.ts';
import type { FuzzTarget } from './targets.ts';

const ROOT = join(import.meta.dirname, '../..');
const AT_ONCE = 2;
const SECONDS_LEAST = 2;

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Where runs work: two at once have one each. */
  readonly work?: string;
  readonly tell?: (run: FuzzRun) => void;
}

export async function fuzz(targets: readonly FuzzTarget[], options: FuzzOptions): Promise<readonly FuzzRun[]> {
  const base = join(ROOT, '.build/fuzz');
  const work = options.work ?? join(base, 'work');
  const places = { programs: join(base, 'programs'), work, findings: join(base, 'findings') };
  for (const place of [work, places.findings]) mkdirSync(place, { recursive: true });
  build([...new Set(targets.map(({ room }) => room))]);
  const corpus = makeCorpus(join(work, 'corpus'), options.seed);
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const each = (options.seconds * AT_ONCE) / shares;
  // The longest first: at the end nobody waits for one alone.
  const waiting = targets.toSorted((left, right) => right.share - left.share);
  const runs: FuzzRun[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const seconds = Math.max(SECONDS_LEAST, each * next.share);
      const run = await runTarget(next, { places, corpus, seconds, seed: options.seed });
      options.tell?.(run);
      runs.push(run);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return runs;
}

function build(rooms: readonly string[]): void {
  const argv = ['-s', '-j2', '-f', join(ROOT, 'native/fuzz/fuzz.mk'), ...rooms];
  execFileSync('make', argv, { stdio: ['ignore', 'inherit', 'inherit'] });
}
