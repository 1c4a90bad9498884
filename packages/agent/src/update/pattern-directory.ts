// SPDX-License-Identifier: Apache-2.0
// What a person named as a place of patterns, and what is said where it is none.
import { readdirSync, statSync } from 'node:fs';
import { LazaretError } from '@lazaret/core';
import { WHAT_IS_READ } from '@lazaret/patterns';
import { isGone, patternFault } from './given-file.ts';

/** The names in it. Throws `path.not_found`, `patterns.no_directory`, `patterns.unreadable`. */
export function listPatternDirectory(path: string): readonly string[] {
  const names = namesIn(path);
  if (names !== null) return names;
  const message = `${path} is a file. Patterns are loaded from a directory with ${WHAT_IS_READ}. Put the file into a directory, and give that directory.`;
  throw new LazaretError('patterns.no_directory', message, { where: path });
}

/** Null: it is no directory. */
function namesIn(path: string): readonly string[] | null {
  try {
    return statSync(path).isDirectory() ? readdirSync(path) : null;
  } catch (error) {
    if (!isGone(error)) throw patternFault(error, path);
    throw new LazaretError('path.not_found', `${path} does not exist.`, { where: path, cause: error });
  }
}
