// SPDX-License-Identifier: Apache-2.0
// Which files of a directory the engine refuses, read from what it says of a load that failed.
import { LazaretError } from '@lazaret/core';
import { classifyPatternFile, isReleaseFileName, type LeftOutFile } from '@lazaret/patterns';
import { listPatternDirectory } from './pattern-directory.ts';

/** The scanner begins each line with the file: `rules.yar:12: …`, `local.hdb, line 3: …` or `local.hdb: …`. */
const CODES: ReadonlySet<string> = new Set(['patterns.yara_invalid', 'patterns.load_failed']);
const REASON_MAX = 1_000;

/** Each once, with the first reason; empty where the failure is none of a file. */
export function badFilesOf(error: unknown, directory: string): readonly LeftOutFile[] {
  if (!(error instanceof LazaretError) || !CODES.has(error.code)) return [];
  const names = listPatternDirectory(directory).filter(
    (name) => classifyPatternFile(name) !== 'other' && isReleaseFileName(name),
  );
  const bad = new Map<string, string>();
  for (const line of error.message.split('\n')) {
    // No name has a colon or a comma in it, so that at most one fits.
    const name = names.find((one) => line.startsWith(`${one}:`) || line.startsWith(`${one}, line `));
    if (name !== undefined && !bad.has(name)) bad.set(name, line.slice(0, REASON_MAX));
  }
  return Array.from(bad, ([name, reason]) => ({ name, reason }));
}
