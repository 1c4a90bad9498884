// SPDX-License-Identifier: Apache-2.0
// Decides which files may be a release together: their names, sizes and number, that a pattern is among them, and what holds where two have one name.
import { LazaretError } from '@lazaret/core';
import { isReleaseFileName, RELEASE_LIMITS } from '../format/manifest.ts';
import { isPattern, type PatternFileKind } from '../format/pattern-files.ts';

/** Throws `patterns.file_name`. */
export function requireFileName(name: string, where?: string): void {
  if (isReleaseFileName(name)) return;
  throw new LazaretError(
    'patterns.file_name',
    `${JSON.stringify(name)} is not allowed as the name of a pattern file.`,
    { where },
  );
}

/** Throws `patterns.too_large`. `where`: what a person gave, where that is not the path. */
export function requireFileSize(bytes: number, path: string, where: string = path): void {
  if (bytes <= RELEASE_LIMITS.fileBytesMax) return;
  throw new LazaretError('patterns.too_large', `${path} is larger than 2 GiB.`, { where });
}

/** Throws `patterns.file_name`, `patterns.too_large`, `patterns.empty`. */
export function requireContents(names: readonly string[]): void {
  for (const name of names) requireFileName(name);
  if (names.length > RELEASE_LIMITS.filesMax) throw new LazaretError('patterns.too_large', 'There are too many files.');
  if (!names.some(isPattern))
    throw new LazaretError('patterns.empty', 'None of the files is a pattern file (ClamAV or YARA).');
}

export const WHAT_IS_READ = 'ClamAV files (.cvd .cld .ndb .hdb .hsb .ldb and others) or YARA rules (.yar .yara)';

export function noPatternsIn(directory: string): LazaretError {
  const message = `${directory} contains no pattern file: ${WHAT_IS_READ}.`;
  return new LazaretError('patterns.empty', message, { where: directory });
}

/** Sources stand in the order of their right: the first to bring a table brings it. A pattern file may not come in two contents (`patterns.duplicate`). */
export function requireSameFile(
  { name, kind, where }: { readonly name: string; readonly kind: PatternFileKind; readonly where?: string },
  known: string,
  sha256: string,
): void {
  if (kind === 'table' || known === sha256) return;
  throw new LazaretError('patterns.duplicate', `Two sources have different files with the name ${name}.`, { where });
}
