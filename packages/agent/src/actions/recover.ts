// SPDX-License-Identifier: Apache-2.0
// Tidies up after a process that died in the middle of an action (AC-9): every removal that the journal still holds is
// finished when the complete copy is in the vault, else undone. Run at the start, before any new action.
import { closeSync, constants } from 'node:fs';
import {
  describeAt,
  openByHandle,
  openDirectory,
  openDirectoryAt,
  type Place,
  removeDirectoryAt,
  unlinkAt,
} from '@lazaret/safefs';
import { splitPath } from '../vault/index.ts';
import { errnoOf } from './codes.ts';
import type { JournalRecord } from './journal.ts';
import type { ActionContext } from './perform-action.ts';
import { isPrivate, putBack, stagingOf } from './staging.ts';

/** `finished`: the copy is in the vault, the original gone. `put-back`: in its place, or beside it. `nothing-moved`: the process died earlier or later than it mattered. `stranded`: must be looked at; tried again at the next start. */
export interface Recovery {
  readonly path: Buffer;
  readonly kind: 'finished' | 'put-back' | 'nothing-moved' | 'stranded';
  readonly detail: string | null;
}

export function recoverActions(context: ActionContext): readonly Recovery[] {
  context.vault.recover();
  return context.journal.pending().map((record) => {
    const recovery = recoverOne(record, context);
    if (recovery.kind !== 'stranded') {
      settleEntry(record, recovery, context);
      context.journal.clear(record.id);
    }
    return recovery;
  });
}

function recoverOne(record: JournalRecord, context: ActionContext): Recovery {
  const path = Buffer.from(record.path, 'base64');
  const directoryFd = openStaging(record);
  if (directoryFd === null) return { path, kind: 'nothing-moved', detail: null };
  try {
    const recovery = recoverStaged(record, path, directoryFd, context);
    if (recovery.kind !== 'stranded') removeStaging(record);
    return recovery;
  } finally {
    closeSync(directoryFd);
  }
}

function recoverStaged(record: JournalRecord, path: Buffer, directoryFd: number, context: ActionContext): Recovery {
  const { object } = stagingOf(directoryFd);
  const matches = matchOf(record, object);
  if (matches === null) return { path, kind: 'nothing-moved', detail: null };
  if (matches && record.vaultEntry !== null && context.vault.has(record.vaultEntry)) {
    unlinkAt(object);
    return { path, kind: 'finished', detail: null };
  }
  return putInPlace(path, object, context);
}

function putInPlace(path: Buffer, object: Place, context: ActionContext): Recovery {
  const { parent, name } = splitPath(path);
  let directoryFd: number;
  try {
    directoryFd = openDirectory(parent);
  } catch (error) {
    return { path, kind: 'stranded', detail: `its folder cannot be opened (${errnoOf(error)})` };
  }
  try {
    const back = putBack(object, { directoryFd, name }, context.random);
    if (back.kind === 'stranded') return { path, kind: 'stranded', detail: back.errno };
    return { path, kind: 'put-back', detail: back.kind === 'beside' ? back.name.toString('latin1') : null };
  } finally {
    closeSync(directoryFd);
  }
}

/** Null: nothing is staged. True: it is the very object with the very content that the journal names. */
function matchOf(record: JournalRecord, object: Place): boolean | null {
  try {
    const { identity } = describeAt(object);
    const { inode, handle, size, mtimeNs } = record.object;
    return (
      String(identity.inode) === inode &&
      identity.handle === handle &&
      identity.size === size &&
      String(identity.mtimeNs) === mtimeNs
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A copy that was kept belongs to an original that may be gone by now: then the entry is complete. */
function settleEntry(record: JournalRecord, recovery: Recovery, context: ActionContext): void {
  if (record.vaultEntry === null || !context.vault.has(record.vaultEntry)) return;
  const gone = recovery.kind === 'finished' || (recovery.kind === 'nothing-moved' && !isInPlace(record));
  if (gone) context.vault.settle(record.vaultEntry);
}

function isInPlace(record: JournalRecord): boolean {
  try {
    const { parent, name } = splitPath(Buffer.from(record.path, 'base64'));
    const directoryFd = openDirectory(parent);
    try {
      const { identity } = describeAt({ directoryFd, name });
      return String(identity.inode) === record.object.inode && identity.handle === record.object.handle;
    } finally {
      closeSync(directoryFd);
    }
  } catch {
    return false;
  }
}

/** By its path, else by its handle (somebody who owns the parent may have renamed it). Only ever a folder that is ours alone. */
function openStaging(record: JournalRecord): number | null {
  let parentFd: number;
  try {
    parentFd = openDirectory(Buffer.from(record.stagingParent, 'base64'));
  } catch {
    return null;
  }
  try {
    const fd = openByName(parentFd, record) ?? openByItsHandle(parentFd, record);
    if (fd === null || isPrivate(fd)) return fd;
    closeSync(fd);
    return null;
  } finally {
    closeSync(parentFd);
  }
}

function openByName(parentFd: number, record: JournalRecord): number | null {
  try {
    return openDirectoryAt(parentFd, Buffer.from(record.stagingName, 'base64'));
  } catch {
    return null;
  }
}

function openByItsHandle(parentFd: number, record: JournalRecord): number | null {
  if (record.stagingHandle === null) return null;
  try {
    return openByHandle(parentFd, record.stagingHandle, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return null;
  }
}

function removeStaging(record: JournalRecord): void {
  try {
    const directoryFd = openDirectory(Buffer.from(record.stagingParent, 'base64'));
    try {
      removeDirectoryAt({ directoryFd, name: Buffer.from(record.stagingName, 'base64') });
    } finally {
      closeSync(directoryFd);
    }
  } catch {
    // Renamed by somebody who owns the parent: an empty folder of ours stays where it was moved to.
  }
}
