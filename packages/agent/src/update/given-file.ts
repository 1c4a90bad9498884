// SPDX-License-Identifier: Apache-2.0
// A pattern file in a directory that a person named, opened by root. Who may write into that directory decides what is detected – and no more: no link of his
// (symbolic or hard) makes root copy a file that he could not read, no pipe makes it wait, and what is checked is what is read.
import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { pathOfDescriptor } from '@lazaret/host';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** The file open for reading; the caller closes it. Throws `patterns.foreign_file`, `patterns.file_gone`, `patterns.unreadable`. */
export function openGivenFile(directory: string, name: string): number {
  const folder = orFault(directory, () => openSync(directory, O_RDONLY | O_DIRECTORY));
  try {
    return openWithin(folder, name, join(directory, name));
  } finally {
    closeSync(folder);
  }
}

/** What a name stands for; a directory of somebody else's has links that lead nowhere, and files that go away. Throws `patterns.file_gone`, `patterns.unreadable`. */
export function statGivenFile(path: string): Stats {
  return orFault(path, () => statSync(path));
}

/** The errno's name where the system refused something; null for any other fault. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null;
}

/** Links that go round, lead through a file, or bear a name that no file can have, lead nowhere either. */
const NOWHERE: ReadonlySet<string | null> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR', 'ENAMETOOLONG']);

export function isGone(error: unknown): boolean {
  return NOWHERE.has(errnoOf(error));
}

/** What hinders reading patterns, as it is told; a fault of ours stays what it is. */
export function patternFault(error: unknown, where: string): unknown {
  const errno = errnoOf(error);
  if (errno === null) return error;
  if (isGone(error)) return gone(where, error);
  const message = `${where} cannot be read. The operating system refuses it (${errno}).`;
  return new LazaretError('patterns.unreadable', message, { where, cause: error });
}

/** Throws `patterns.file_gone`, `patterns.unreadable`. */
function orFault<T>(where: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw patternFault(error, where);
  }
}

function openWithin(folder: number, name: string, where: string): number {
  const owner = fstatSync(folder);
  const links = isOursAlone(owner);
  const descriptor = openOrRefuse(`${pathOfDescriptor(folder)}/${name}`, links, where);
  const file = fstatSync(descriptor);
  if (file.isFile() && (links || file.uid === owner.uid || (isOurs(file) && file.nlink === 1))) return descriptor;
  closeSync(descriptor);
  throw foreign(where, file.isFile() ? 'its owner is not the owner of its directory' : 'it is not a regular file');
}

function openOrRefuse(path: string, links: boolean, where: string): number {
  try {
    return openSync(path, O_RDONLY | O_NONBLOCK | (links ? 0 : O_NOFOLLOW));
  } catch (error) {
    if (!links && errnoOf(error) === 'ELOOP')
      throw foreign(where, 'it is a link, and users other than root can write to its directory');
    throw patternFault(error, where);
  }
}

function isOurs({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

function isOursAlone(directory: Stats): boolean {
  return isOurs(directory) && (directory.mode & 0o022) === 0;
}

function foreign(where: string, why: string): LazaretError {
  return new LazaretError('patterns.foreign_file', `${where} is not accepted: ${why}.`, { where });
}

function gone(where: string, cause: unknown): LazaretError {
  return new LazaretError('patterns.file_gone', `${where} is a broken link, or it disappeared while it was read.`, {
    where,
    cause,
  });
}
