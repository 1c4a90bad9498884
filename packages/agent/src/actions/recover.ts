// SPDX-License-Identifier: Apache-2.0
// Cleans up after a process that died during an action (AC-9). For each removal in the journal: if the vault has the complete copy, the removal is finished;
// otherwise it is undone. This runs at the start, before any new action.
import { closingOnFault, type OpenFolder, type Place } from '@lazaret/host/ports';
import { splitPath } from '../vault/index.ts';
import { errnoOf } from './codes.ts';
import type { JournalRecord } from './journal.ts';
import type { ActionContext } from './perform-action.ts';
import { putBack, stagingOf } from './staging.ts';

/**
 * `finished`: the copy is in the vault, the original gone. `put-back`: in its place, or beside it (`detail`). `nothing-moved`: the
 * process died before or after it mattered. `stranded`: cannot be settled now, and is tried again at the next start. `given-up`:
 * stranded for 30 days.
 */
export interface Recovery {
  readonly path: Buffer;
  readonly kind: 'finished' | 'put-back' | 'nothing-moved' | 'stranded' | 'given-up';
  readonly detail: string | null;
}

export function recoverActions(context: ActionContext): readonly Recovery[] {
  context.vault.recover();
  return context.journal.pending().map((record) => {
    const recovery = recoverOrStrand(record, context);
    if (recovery.kind !== 'stranded') context.journal.clear(record.id);
    return recovery;
  });
}

/** Whatever goes wrong with one record, the others and the agent's start go on. */
function recoverOrStrand(record: JournalRecord, context: ActionContext): Recovery {
  let recovery: Recovery;
  try {
    recovery = recoverOne(record, context);
    if (recovery.kind !== 'stranded') settleEntry(record, recovery, context);
  } catch (error) {
    recovery = stranded(record, errnoOf(error));
  }
  return recovery.kind === 'stranded' && context.journal.isGivenUp(record)
    ? { ...recovery, kind: 'given-up' }
    : recovery;
}

function stranded(record: JournalRecord, detail: string): Recovery {
  return { path: Buffer.from(record.path, 'base64'), kind: 'stranded', detail };
}

function recoverOne(record: JournalRecord, context: ActionContext): Recovery {
  const parent = context.files.openFolder(Buffer.from(record.stagingParent, 'base64'));
  try {
    if (parent.describe().identity.fileSystem !== record.fileSystem)
      return stranded(record, 'its file system is not mounted');
    return recoverIn(parent, record, context);
  } finally {
    parent.close();
  }
}

function recoverIn(parent: OpenFolder, record: JournalRecord, context: ActionContext): Recovery {
  const path = Buffer.from(record.path, 'base64');
  const folder = openStaging(parent, record);
  if (folder === null) return { path, kind: 'nothing-moved', detail: null };
  try {
    const recovery = recoverStaged(record, path, folder, context);
    if (recovery.kind !== 'stranded') removeStaging(parent, record);
    return recovery;
  } finally {
    folder.close();
  }
}

function recoverStaged(record: JournalRecord, path: Buffer, folder: OpenFolder, context: ActionContext): Recovery {
  const { object } = stagingOf(folder);
  const matches = matchOf(record, object);
  if (matches === null) return { path, kind: 'nothing-moved', detail: null };
  if (matches && record.vaultEntry !== null && context.vault.has(record.vaultEntry)) {
    object.folder.unlink(object.name);
    return { path, kind: 'finished', detail: null };
  }
  return putInPlace(path, object, context);
}

function putInPlace(path: Buffer, object: Place, context: ActionContext): Recovery {
  const { parent, name } = splitPath(path);
  let folder: OpenFolder;
  try {
    folder = context.files.openFolder(parent);
  } catch (error) {
    return { path, kind: 'stranded', detail: `its folder cannot be opened (${errnoOf(error)})` };
  }
  try {
    const back = putBack(object, { folder, name }, context.random);
    if (back.kind === 'stranded') return { path, kind: 'stranded', detail: back.errno };
    return { path, kind: 'put-back', detail: back.kind === 'beside' ? back.name.toString('latin1') : null };
  } finally {
    folder.close();
  }
}

/** Null: nothing is staged. True: it is the very object with the very content that the journal names. */
function matchOf(record: JournalRecord, object: Place): boolean | null {
  try {
    const { identity } = object.folder.describeName(object.name);
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
  const gone = recovery.kind === 'finished' || (recovery.kind === 'nothing-moved' && !isInPlace(record, context));
  if (gone) context.vault.settle(record.vaultEntry);
}

/** Unknown counts as in place: the entry then goes on saying that its original was not deleted. */
function isInPlace(record: JournalRecord, context: ActionContext): boolean {
  const { parent, name } = splitPath(Buffer.from(record.path, 'base64'));
  let folder: OpenFolder;
  try {
    folder = context.files.openFolder(parent);
  } catch {
    return true;
  }
  try {
    const { identity } = folder.describeName(name);
    return String(identity.inode) === record.object.inode && identity.handle === record.object.handle;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  } finally {
    folder.close();
  }
}

/** By its name, else by its handle (somebody who owns the parent may have renamed it). Only ever a folder that is ours alone. */
function openStaging(parent: OpenFolder, record: JournalRecord): OpenFolder | null {
  const folder = openByName(parent, record) ?? openByItsHandle(parent, record);
  if (folder === null || closingOnFault(folder, () => folder.isPrivate())) return folder;
  folder.close();
  return null;
}

function openByName(parent: OpenFolder, record: JournalRecord): OpenFolder | null {
  try {
    return parent.openFolder(Buffer.from(record.stagingName, 'base64'));
  } catch {
    return null;
  }
}

function openByItsHandle(parent: OpenFolder, record: JournalRecord): OpenFolder | null {
  if (record.stagingHandle === null) return null;
  try {
    return parent.openFolderByHandle(record.stagingHandle);
  } catch {
    return null;
  }
}

function removeStaging(parent: OpenFolder, record: JournalRecord): void {
  try {
    parent.removeFolder(Buffer.from(record.stagingName, 'base64'));
  } catch {
    // Renamed by somebody who owns the parent: an empty folder of ours stays where it was moved to.
  }
}
