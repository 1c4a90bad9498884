// SPDX-License-Identifier: Apache-2.0
// Puts a file back: written without a name, checked against its hash, dressed with owner, mode, times, attributes and ACLs,
// and only then named – in one step that replaces nothing. So a place that is taken stays as it is, and a process that dies
// leaves the entry and nothing else. Owns parent and file descriptors until it returns.
import { closeSync, constants, fchmodSync, fchownSync, fsyncSync, rmSync } from 'node:fs';
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
  writeAttribute,
  writeTimes,
} from '@lazaret/safefs';
import type { OpenEntry } from './entry-reader.ts';
import { isUnsupported } from './entry-writer.ts';
import type { Reach, VaultPoint } from './fault-points.ts';
import { synchronize, writeAt } from './file-io.ts';
import type { EntryMetadata } from './metadata.ts';
import { showPath, splitPath } from './path-bytes.ts';

export interface RestoreOutcome {
  readonly path: Buffer;
  /** Names of attributes that this file system or kernel would not take (a security label of another system, say). */
  readonly attributesLeftOut: readonly string[];
}

export interface RestoreOptions {
  readonly path: Buffer;
  /** Where a name is written down while a half-written file has one. */
  readonly notesDirectory: string;
  readonly reach: Reach<VaultPoint>;
  /** Off in the test of file systems that have no unnamed files. */
  readonly unnamedFiles?: boolean;
}

export async function restoreEntry(entry: OpenEntry, options: RestoreOptions): Promise<RestoreOutcome> {
  const { parent, name } = splitPath(options.path);
  const directoryFd = openParent(parent, options.path);
  try {
    const place: Place = { directoryFd, name };
    if (exists(place)) throw alreadyThere(options.path);
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

async function fillAndPlace(entry: OpenEntry, file: NewFile, options: RestoreOptions): Promise<RestoreOutcome> {
  const { reach, path } = options;
  reach('restore.opened');
  let position = 0;
  for await (const chunk of entry.content()) {
    await writeAt(file.fd, chunk, position);
    position += chunk.length;
  }
  reach('restore.content-written');
  const attributesLeftOut = dress(file.fd, entry.metadata);
  await synchronize(file.fd);
  reach('restore.attributes-written');
  try {
    file.place();
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? alreadyThere(path) : error;
  }
  reach('restore.placed');
  return { path, attributesLeftOut };
}

/** Owner first: a change of owner takes set-user-id bits and file capabilities away. Times last: all else would change them. */
function dress(fd: number, metadata: EntryMetadata): string[] {
  fchownSync(fd, metadata.owner.uid, metadata.owner.gid);
  const leftOut: string[] = [];
  for (const attribute of metadata.attributes) {
    const name = Buffer.from(attribute.name, 'base64');
    try {
      writeAttribute(fd, name, Buffer.from(attribute.value, 'base64'));
    } catch {
      leftOut.push(name.toString());
    }
  }
  fchmodSync(fd, metadata.mode & 0o7777);
  writeTimes(fd, BigInt(metadata.times.accessNs), BigInt(metadata.times.modificationNs));
  return leftOut;
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
      throw new LazaretError(
        'restore.parent_missing',
        'the folder that it came from is not there: name another place',
        { where, cause: error },
      );
    if (codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR') {
      throw new LazaretError(
        'restore.parent_unsafe',
        'a symbolic link stands in the way to this folder: name the real place',
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
  return new LazaretError('restore.exists', 'something is there already; nothing was changed', {
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
