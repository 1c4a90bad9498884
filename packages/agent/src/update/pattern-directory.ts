// SPDX-License-Identifier: Apache-2.0
// What a person named as a place of patterns, and what is said where it is none.
import { statSync } from 'node:fs';
import { LazaretError } from '@lazaret/core';

const WHAT_IS_READ = 'files of ClamAV (.cvd .cld .ndb .hdb .hsb .ldb and others) or of YARA (.yar .yara)';

/** Throws `path.not_found`, `patterns.no_directory`. */
export function requirePatternDirectory(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return;
  if (stat === undefined) throw new LazaretError('path.not_found', `${path} does not exist.`, { where: path });
  const message = `${path} is a file: patterns are loaded from a directory, with ${WHAT_IS_READ} in it. Put it into one, and give that.`;
  throw new LazaretError('patterns.no_directory', message, { where: path });
}

export function noPatternsIn(directory: string): LazaretError {
  return new LazaretError('patterns.empty', `No pattern file was found in ${directory}: ${WHAT_IS_READ}.`, {
    where: directory,
  });
}
