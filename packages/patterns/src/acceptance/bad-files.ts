// SPDX-License-Identifier: Apache-2.0
// Decides which files of a directory the engine refuses, by what it says of a load that failed.
import { LazaretError } from '@lazaret/core';
import { isReleaseFileName, type LeftOutFile } from '../format/manifest.ts';
import { listReleaseFiles } from '../format/pattern-files.ts';

/** The scanner begins each line with the file: `rules.yar:12: …`, `local.hdb, line 3: …` or `local.hdb: …`. */
const CODES: ReadonlySet<string> = new Set(['patterns.yara_invalid', 'patterns.load_failed']);
const REASON_MAX = 1_000;

/** Of `listed`, each once, with the first reason; empty where the failure is none of a file. */
export function badFilesOf(error: unknown, listed: readonly string[]): readonly LeftOutFile[] {
  if (!isOfFiles(error)) return [];
  const names = listReleaseFiles(listed).flatMap(({ name }) => (isReleaseFileName(name) ? [name] : []));
  const bad = new Map<string, string>();
  for (const line of error.message.split('\n')) {
    // No name has a colon or a comma in it, so that at most one fits.
    const name = names.find((one) => line.startsWith(`${one}:`) || line.startsWith(`${one}, line `));
    if (name !== undefined && !bad.has(name)) bad.set(name, line.slice(0, REASON_MAX));
  }
  return Array.from(bad, ([name, reason]) => ({ name, reason }));
}

/** Whether the engine refused for what is in files, which can be left out. */
export function isOfFiles(error: unknown): error is LazaretError {
  return error instanceof LazaretError && CODES.has(error.code);
}
