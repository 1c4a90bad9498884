// SPDX-License-Identifier: Apache-2.0
// What Stryker found, against the survivors that have an explanation. Pure.
import type { Survivor } from './survivors/index.ts';

type Status =
  | 'Killed'
  | 'Survived'
  | 'NoCoverage'
  | 'Timeout'
  | 'CompileError'
  | 'RuntimeError'
  | 'Ignored'
  | 'Pending';

/** The part of Stryker's report (mutation-testing-report-schema 2) that is read. */
export interface MutationReport {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly replacement?: string;
          readonly status: Status;
          readonly location: { readonly start: { readonly line: number } };
        }[];
      }
    >
  >;
}

export interface Alive {
  readonly file: string;
  readonly line: number;
  /** The whole line as it stands, and what becomes of its changed part. */
  readonly was: string;
  readonly becomes: string;
}

export interface Findings {
  readonly seen: number;
  /** Mutants that run. */
  readonly all: number;
  readonly unexplained: readonly Alive[];
  /** Explanations of these files that no mutant has any more. */
  readonly stale: readonly Survivor[];
}

export function findingsOf({ files }: MutationReport, explained: readonly Survivor[]): Findings {
  let [seen, all] = [0, 0];
  const alive: Alive[] = [];
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split('\n');
    for (const { status, location, replacement = '' } of mutants) {
      if (status === 'Killed' || status === 'Timeout') seen++;
      if (status === 'Survived' || status === 'NoCoverage')
        alive.push({
          file,
          line: location.start.line,
          was: onOneLine(lines[location.start.line - 1] ?? ''),
          becomes: onOneLine(replacement),
        });
      if (status !== 'CompileError' && status !== 'RuntimeError' && status !== 'Ignored') all++;
    }
  }
  const isSame = (survivor: Survivor, one: Alive): boolean =>
    survivor.file === one.file && survivor.was === one.was && survivor.becomes === one.becomes;
  return {
    seen,
    all,
    unexplained: alive.filter((one) => !explained.some((survivor) => isSame(survivor, one))),
    stale: explained.filter((survivor) => survivor.file in files && !alive.some((one) => isSame(survivor, one))),
  };
}

/** A mutant's text can be a whole function. */
function onOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
