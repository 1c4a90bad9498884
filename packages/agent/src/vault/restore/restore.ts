// SPDX-License-Identifier: Apache-2.0
// Puts a file back: written without a name, checked against its hash, dressed with all that it had (dress.ts), and only then
// named – in one step that replaces nothing. So a place that is taken stays as it is, and a process that dies leaves the entry
// and nothing else. Where the same file still stands under another name, that gets the name back instead (standing-file.ts).
// What is not as it was held is told, each by its name. Owns parent and file until it returns.
import type { RestoreDifference } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import {
  closingOnFault,
  sameObject,
  type NewFile,
  type OpenFolder,
  type OwnFolder,
  type Place,
} from '@lazaret/host/ports';
import { differencesAtEnd, differencesOf } from './differences.ts';
import { dress, finish, prepare } from './dress.ts';
import type { OpenEntry } from '../entries/entry-reader.ts';
import { isUnsupported } from '../entries/entry-writer.ts';
import type { Reach, VaultPoint } from '../fault-points.ts';
import { showPath, splitPath } from '../format/path-bytes.ts';
import type { VaultHost } from '../vault-host.ts';
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
  readonly host: VaultHost;
  readonly path: Buffer;
  /** Where a name is written down while a half-written file has one. */
  readonly notes: OwnFolder;
  readonly reach: Reach<VaultPoint>;
  readonly otherNames: OtherNames;
  /** Off in the test of file systems that have no unnamed files. */
  readonly unnamedFiles?: boolean;
}

export async function restoreEntry(entry: OpenEntry, options: RestoreOptions): Promise<RestoreOutcome> {
  const { parent, name } = splitPath(options.path);
  const folder = openParent(parent, options);
  try {
    const place: Place = { folder, name };
    if (folder.has(name)) throw alreadyThere(options.path);
    const linked = await linkStanding(entry, place, options);
    if (linked !== null) return linked;
    const placed = openNew(place, parent, entry.metadata.id, options);
    try {
      return await fillAndPlace(entry, placed, options);
    } catch (error) {
      throw error instanceof LazaretError ? error : failedIn(parent, error);
    } finally {
      placed.file.close();
      placed.dispose();
    }
  } finally {
    folder.close();
  }
}

/** The very file has its name again, where it still stands and is what was held. */
async function linkStanding(
  { metadata }: OpenEntry,
  place: Place,
  { otherNames, path, reach }: RestoreOptions,
): Promise<RestoreOutcome | null> {
  for (const standing of otherNames.standing) {
    const found = await openStanding(place.folder, standing, metadata);
    if (found === null) continue;
    try {
      place.folder.link(found.file, place.name);
      place.folder.synchronize();
      reach('restore.placed');
      return { path, differences: found.differences, linked: true };
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw alreadyThere(path);
      // No more links, or none out of that folder: then it comes back as a file of its own, and says so.
    } finally {
      found.file.close();
    }
  }
  return null;
}

async function fillAndPlace(entry: OpenEntry, placed: PlacedFile, options: RestoreOptions): Promise<RestoreOutcome> {
  const { file } = placed;
  const { reach, path, otherNames } = options;
  const { metadata } = entry;
  reach('restore.opened');
  prepare(file, metadata);
  await file.setSize(metadata.size);
  for await (const { position, bytes } of entry.parts()) await file.writeAt(bytes, position);
  reach('restore.content-written');
  dress(file, metadata);
  await file.synchronize();
  const differences = [...differencesOf(file, metadata)];
  reach('restore.attributes-written');
  note(file, differences, otherNames);
  reach('restore.noted');
  try {
    placed.place();
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? alreadyThere(path) : error;
  }
  reach('restore.placed');
  finish(file, metadata);
  differences.push(...differencesAtEnd(file, metadata));
  try {
    note(file, differences, otherNames);
  } catch {
    // The file stands. Its other names go by what was written down before.
  }
  if (otherNames.missed) differences.push({ what: 'hard-links', detail: '' });
  return { path, differences, linked: false };
}

function note(file: NewFile, differences: readonly RestoreDifference[], otherNames: OtherNames): void {
  const key = keyOfFile(file.describe().identity);
  if (key !== null) otherNames.note?.({ key, differences });
}

interface PlacedFile {
  readonly file: NewFile;
  place(): void;
  /** Takes a half-written file's own name away again; never another file's. */
  dispose(): void;
}

function openNew(place: Place, parent: Buffer, id: string, options: RestoreOptions): PlacedFile {
  if (options.unnamedFiles !== false) {
    try {
      const file = place.folder.createUnnamed(0o600);
      const name = (): void => {
        place.folder.link(file, place.name);
        place.folder.synchronize();
      };
      return { file, place: name, dispose: () => undefined };
    } catch (error) {
      if (!isUnsupported(error)) throw failedIn(parent, error);
    }
  }
  return openNamed(place, parent, id, options);
}

/** Where files need a name from the start, the name is written down first, so that the next start can take it away. */
function openNamed({ folder, name }: Place, parent: Buffer, id: string, options: RestoreOptions): PlacedFile {
  const { notes, host } = options;
  const temporary = Buffer.from(`.lazaret-restore-${id}`);
  const note = `${id}.json`;
  const path = Buffer.concat([parent, Buffer.from('/'), temporary]);
  const takeNote = (made?: bigint): void =>
    notes.write(
      note,
      JSON.stringify({ path: path.toString('base64'), inode: made?.toString(), process: host.processes.self }),
    );
  takeNote();
  const file = folder.createFile(temporary, 0o600);
  const { object, identity } = closingOnFault(file, () => file.describe());
  closingOnFault(file, () => takeNote(identity.inode));
  const isOurs = (at: Buffer): boolean => folder.has(at) && sameObject(folder.describeName(at).object, object);
  return {
    file,
    place: () => {
      folder.rename(temporary, { folder, name });
      folder.synchronize();
      if (!isOurs(name))
        throw new LazaretError('restore.interfered', 'another process replaced the file while it was being restored', {
          where: showPath(options.path),
        });
    },
    dispose: () => {
      if (isOurs(temporary)) folder.unlink(temporary);
      notes.remove(note);
    },
  };
}

function openParent(parent: Buffer, { path, host }: RestoreOptions): OpenFolder {
  try {
    return host.files.openFolder(parent);
  } catch (error) {
    const where = showPath(path);
    if (codeOf(error) === 'ENOENT')
      throw new LazaretError(
        'restore.parent_missing',
        `the directory ${showPath(parent)} does not exist; create it, or give another path`,
        {
          where,
          cause: error,
        },
      );
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR') {
      throw new LazaretError(
        'restore.parent_unsafe',
        'the path to this directory contains a symbolic link; give the real path',
        { where, cause: error },
      );
    }
    throw failedIn(parent, error);
  }
}

function alreadyThere(path: Buffer): LazaretError {
  return new LazaretError('restore.exists', 'a file already exists at this path; nothing was changed', {
    where: showPath(path),
  });
}

function failedIn(parent: Buffer, cause: unknown): LazaretError {
  return new LazaretError('restore.write_failed', `a file cannot be created there (${codeOf(cause)})`, {
    where: showPath(parent),
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
