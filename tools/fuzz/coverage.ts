// SPDX-License-Identifier: Apache-2.0
// How many lines of a parser's own sources a run has reached, by clang's own counters.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Coverage {
  readonly lines: number;
  readonly covered: number;
}

const exec = promisify(execFile);

interface Exported {
  readonly data: readonly {
    readonly files: readonly {
      readonly filename: string;
      readonly summary: { readonly lines: { readonly count: number; readonly covered: number } };
    }[];
  }[];
}

/** None where the run ended by a fault: then nothing was written. */
export async function coverageOf(program: string, place: string, sources: readonly string[]): Promise<Coverage> {
  const raw = join(place, 'profile.raw');
  const merged = join(place, 'profile.data');
  if (!existsSync(raw)) return { lines: 0, covered: 0 };
  await exec('llvm-profdata-14', ['merge', '-sparse', raw, '-o', merged]);
  const argv = ['export', '-summary-only', `-instr-profile=${merged}`, program];
  const { stdout } = await exec('llvm-cov-14', argv, { maxBuffer: 64 * 1024 * 1024 });
  const files = (JSON.parse(stdout) as Exported).data.flatMap((part) => part.files);
  const own = files.filter(({ filename }) => sources.some((source) => filename.endsWith(`/${source}`)));
  if (own.length !== sources.length) throw new Error(`${program}: not all of ${sources.join(', ')} are in it`);
  return {
    lines: own.reduce((sum, { summary }) => sum + summary.lines.count, 0),
    covered: own.reduce((sum, { summary }) => sum + summary.lines.covered, 0),
  };
}
