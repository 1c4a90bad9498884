// SPDX-License-Identifier: Apache-2.0
// Puts a file back: written without a name, checked against its hash, dressed with all that it had (dress.ts), and only then
// named – in one step that replaces nothing. So a place that is taken stays as it is, and a process that dies leaves the entry
// and nothing else. Where the same file still stands under another name, that gets the name back instead (standing-file.ts).
// What is not as it was held is told, each by its name. Owns parent and file descriptors until it returns.
import { closeSync, constants, fsyncSync, rmSync } from 'node:fs';
import type { RestoreDifference } from '@lazaret/contract';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { processIdentity, writeFileAtomic } from '@lazaret/platform';
import {
  describe,
  describeAt,
  linkDescriptor,
  openAt,
  openDirectory,
  openUnnamed,
  type Place,
  renameWithoutReplacing,
  unlinkAt,
} from '@lazaret/host';
import { differencesAtEnd, differencesOf } from './differences.ts';
import { dress, finish, prepare } from './dress.ts';
import type { OpenEntry } from '../entries/entry-reader.ts';
import { isUnsupported } from '../entries/entry-writer.ts';
import type { Reach, VaultPoint } from '../fault-points.ts';
import { setSize, synchronize, writeAt } from '../entries/file-io.ts';
import { showPath, splitPath } from '../format/path-bytes.ts';
import { keyOfFile, openStanding, type StandingFile } from '../entries/standing-file.ts';

export interface RestoreOutcome {
  readonly path: Buffer;
  /** What is not as it was held; empty: the same file as before. */
  readonly differences: readonly RestoreDifference[];
  /** It got its name back beside the others of the same file. */
  readonly linked: boolean;
}

/** The other names of the same file. */
export interface OtherNames {
  /** Where it may stand: as what it was held, and as what another of its names came back. */
  readonly standing: readonly StandingFile[];
  /** False: they are all in the vault, too, and come back as names of this one. */
  readonly missed: boolean;
  /** Whether what is made now must be written down, for those. */
  readonly note: ((file: StandingFile) => void) | null;
}

export interface RestoreOptions {
  readonly path: Buffer;
  /** Where a name is written down while a half-written file has one. */
  readonly notesDirectory: string;
  readonly reach: Reach<VaultPoint>;
  readonly otherNames: OtherNames;
  /** Off in the test of file systems that have no unnamed files. */
  readonly unnamedFiles?: boolean;
}

export async function restoreEntry(entry: OpenEntry, options: RestoreOptions): Promise<RestoreOutcome> {
  const { parent, name } = splitPath(options.path);
  const directoryFd = openParent(parent, options.path);
  try {
    const place: Place = { directoryFd, name };
    if (exists(place)) throw alreadyThere(options.path);
    const linked = await linkStanding(entry, place, options);
    if (linked !== null) return linked;
    const file = openNew(place, parent, entry.metadata.id, options);
    try {
      return await fillAndPlace(entry, file, options);
    } catch (error) {
      throw error instanceof LazaretError ? error : failedIn(parent, error);
    } finally {
      closeSync(file.fd);
      file.dispose();
    }
  } finally {
    closeSync(directoryFd);
  }
}

/** The very file has its name again, where it still stands and is what was held. */
async function linkStanding(
  { metadata }: OpenEntry,
  place: Place,
  { otherNames, path, reach }: RestoreOptions,
): Promise<RestoreOutcome | null> {
  for (const standing of otherNames.standing) {
    const found = await openStanding(place.directoryFd, standing, metadata);
    if (found === null) continue;
    try {
      linkDescriptor(found.fd, place);
      fsyncSync(place.directoryFd);
      reach('restore.placed');
      return { path, differences: found.differences, linked: true };
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw alreadyThere(path);
      // No more links, or none out of that folder: then it comes back as a file of its own, and says so.
    } finally {
      closeSync(found.fd);
    }
  }
  return null;
}

async function fillAndPlace(entry: OpenEntry, file: NewFile, options: RestoreOptions): Promise<RestoreOutcome> {
  const { reach, path, otherNames } = options;
  const { metadata } = entry;
  reach('restore.opened');
  prepare(file.fd, metadata);
  await setSize(file.fd, metadata.size);
  for await (const { position, bytes } of entry.parts()) await writeAt(file.fd, bytes, position);
  reach('restore.content-written');
  dress(file.fd, metadata);
  await synchronize(file.fd);
  const differences = [...differencesOf(file.fd, metadata)];
  reach('restore.attributes-written');
  note(file.fd, differences, otherNames);
  reach('restore.noted');
  try {
    file.place();
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? alreadyThere(path) : error;
  }
  reach('restore.placed');
  finish(file.fd, metadata);
  differences.push(...differencesAtEnd(file.fd, metadata));
  try {
    note(file.fd, differences, otherNames);
  } catch {
    // The file stands. Its other names go by what was written down before.
  }
  if (otherNames.missed) differences.push({ what: 'hard-links', detail: '' });
  return { path, differences, linked: false };
}

function note(fd: number, differences: readonly RestoreDifference[], otherNames: OtherNames): void {
  const key = keyOfFile(describe(fd).identity);
  if (key !== null) otherNames.note?.({ key, differences });
}

interface NewFile {
  readonly fd: number;
  place(): void;
  /** Takes a half-written file's own name away again; never another file's. */
  dispose(): void;
}

function openNew(place: Place, parent: Buffer, id: string, options: RestoreOptions): NewFile {
  if (options.unnamedFiles !== false) {
    try {
      const fd = openUnnamed(place.directoryFd, 0o600);
      const name = (): void => {
        linkDescriptor(fd, place);
        fsyncSync(place.directoryFd);
      };
      return { fd, place: name, dispose: () => undefined };
    } catch (error) {
      if (!isUnsupported(error)) throw failedIn(parent, error);
    }
  }
  return openNamed(place, parent, id, options);
}

/** Where files need a name from the start, the name is written down first, so that the next start can take it away. */
function openNamed(place: Place, parent: Buffer, id: string, options: RestoreOptions): NewFile {
  const temporary: Place = { directoryFd: place.directoryFd, name: Buffer.from(`.lazaret-restore-${id}`) };
  const note = join(options.notesDirectory, `${id}.json`);
  const path = Buffer.concat([parent, Buffer.from('/'), temporary.name]);
  const takeNote = (made?: bigint): void =>
    writeFileAtomic(
      note,
      JSON.stringify({ path: path.toString('base64'), inode: made?.toString(), process: processIdentity() }),
      0o600,
    );
  takeNote();
  const fd = openAt(temporary, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  const { inode } = describe(fd).identity;
  takeNote(inode);
  const isOurs = (at: Place): boolean => exists(at) && describeAt(at).identity.inode === inode;
  return {
    fd,
    place: () => {
      renameWithoutReplacing(temporary, place);
      fsyncSync(place.directoryFd);
      if (!isOurs(place))
        throw new LazaretError('restore.interfered', 'somebody swapped the file while it was put back', {
          where: showPath(options.path),
        });
    },
    dispose: () => {
      if (isOurs(temporary)) unlinkAt(temporary);
      rmSync(note, { force: true });
    },
  };
}

function openParent(parent: Buffer, path: Buffer): number {
  try {
    return openDirectory(parent);
  } catch (error) {
    const where = showPath(path);
    if (codeOf(error) === 'ENOENT')
      throw new LazaretError('restore.parent_missing', 'the original directory does not exist: give another path', {
        where,
        cause: error,
      });
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR') {
      throw new LazaretError(
        'restore.parent_unsafe',
        'the path to this directory contains a symbolic link: give the real path',
        { where, cause: error },
      );
    }
    throw failedIn(parent, error);
  }
}

function exists(place: Place): boolean {
  try {
    describeAt(place);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function alreadyThere(path: Buffer): LazaretError {
  return new LazaretError('restore.exists', 'a file already exists at this path; nothing was changed', {
    where: showPath(path),
  });
}

function failedIn(parent: Buffer, cause: unknown): LazaretError {
  return new LazaretError('restore.write_failed', `a file cannot be made there (${codeOf(cause)})`, {
    where: showPath(parent),
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
