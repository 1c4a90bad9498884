// SPDX-License-Identifier: Apache-2.0
// A directory of patterns that a person named, made readable for the scanner's unprivileged user: as it is where everyone may
// read it, else as a copy of its pattern files. Owns the copy, which lies where the caller says.
import { chmodSync, closeSync, constants, copyFileSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isPattern, noPatternsIn } from '@lazaret/patterns';
import { openGivenFile, patternFault } from './given-file.ts';
import { listPatternDirectory } from './pattern-directory.ts';
import { writeFault } from './write-fault.ts';
import { pathOfDescriptor } from '@lazaret/host';

const { S_IFLNK, S_IFMT } = constants;

/** The directory to load. Throws as `listPatternDirectory` and `openGivenFile` do, and `patterns.empty` where no pattern file lies in it. */
export function readablePatterns(directory: string, copyTo: string): string {
  const files = listPatterns(directory);
  if (files.length === 0) throw noPatternsIn(directory);
  if (isOpenToAll(directory, 0o005) && files.every((path) => isOpenToAll(path, 0o004))) return directory;
  try {
    makeReadable(copyTo);
    for (const path of files) copyOne(directory, basename(path), join(copyTo, basename(path)));
  } catch (error) {
    rmSync(copyTo, { recursive: true, force: true });
    throw error;
  }
  return copyTo;
}

/** The umask may have taken away what others need. */
function makeReadable(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o755 });
    chmodSync(directory, 0o755);
  } catch (error) {
    throw writeFault(error, directory);
  }
}

function copyOne(directory: string, name: string, copy: string): void {
  const descriptor = openGivenFile(directory, name);
  try {
    copyFileSync(pathOfDescriptor(descriptor), copy);
    chmodSync(copy, 0o644);
  } catch (error) {
    throw writeFault(error, copy);
  } finally {
    closeSync(descriptor);
  }
}

function listPatterns(directory: string): string[] {
  return listPatternDirectory(directory)
    .filter(isPattern)
    .map((name) => join(directory, name));
}

/** A link leads out of the directory, which is all that the scanner sees: so it counts as closed, and what it means is copied. */
function isOpenToAll(path: string, bits: number): boolean {
  const mode = modeOf(path);
  return (mode & bits) === bits && (mode & S_IFMT) !== S_IFLNK;
}

function modeOf(path: string): number {
  try {
    return lstatSync(path).mode;
  } catch (error) {
    throw patternFault(error, path);
  }
}
