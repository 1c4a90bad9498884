// SPDX-License-Identifier: Apache-2.0
// Deletes one name of the very object that was scanned, or changes nothing (AC-9). See docs/adr/0006-actions-on-files.md.
// Owns the descriptors of parent and staging folder until it returns.
import { closeSync } from 'node:fs';
import {
  describe,
  describeAt,
  openDirectory,
  type Place,
  protection,
  renameWithoutReplacing,
  unlinkAt,
} from '@lazaret/safefs';
import { type Reach, showPath, splitPath } from '../vault/index.ts';
import { type ActionError, actionErrorOf, errnoOf } from './codes.ts';
import type { ContentGuard } from './content-guard.ts';
import type { ActionPoint } from './fault-points.ts';
import type { Journal } from './journal.ts';
import { isSameObject, type ScannedFile } from './scanned-file.ts';
import {
  clearStaging,
  makeStaging,
  openMountRoot,
  type PutBack,
  putBack,
  STAGING_PREFIX,
  type Staging,
  type StagingParent,
  stagingParent,
} from './staging.ts';

/** `gone`: nobody has the object under any name any more. */
export type Removal =
  | { readonly outcome: 'removed'; readonly linksLeft: number }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'changed' | 'failed'; readonly error: ActionError };

/** The complete copy in the vault. `settle` is called once the original is gone and before the journal forgets it. */
export interface VaultCopy {
  readonly id: string;
  readonly settle: () => void;
}

export interface RemovalContext {
  readonly journal: Journal;
  readonly random: (bytes: number) => Buffer;
  readonly reach: Reach<ActionPoint>;
}

export async function removeObject(
  file: ScannedFile,
  guard: ContentGuard,
  copy: VaultCopy | null,
  context: RemovalContext,
): Promise<Removal> {
  const { parent, name } = splitPath(file.path);
  let directoryFd: number;
  try {
    directoryFd = openDirectory(parent);
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? missing(file) : failed(actionErrorOf(error));
  }
  try {
    return await removeFrom({ directoryFd, name }, file, guard, copy, context);
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? missing(file) : failed(explainRefusal(error, file.fd, directoryFd));
  } finally {
    closeSync(directoryFd);
  }
}

async function removeFrom(
  place: Place,
  file: ScannedFile,
  guard: ContentGuard,
  copy: VaultCopy | null,
  context: RemovalContext,
): Promise<Removal> {
  if (!isSameObject(describeAt(place).identity, file.identity)) return missing(file);
  const { immutable, appendOnly } = protection(file.fd);
  if (immutable || appendOnly) return failed(protectedError(immutable, 'file'));
  const root = openMountRoot(place.directoryFd);
  try {
    return await removeThrough(root, place, file, guard, copy, context);
  } catch (error) {
    // Project quotas and per-folder encryption let no file leave its folder: then the staging folder is made beside it.
    if (errnoOf(error) !== 'EXDEV') throw error;
    return await removeThrough(stagingParent(place.directoryFd), place, file, guard, copy, context);
  } finally {
    closeSync(root.fd);
  }
}

async function removeThrough(
  parent: StagingParent,
  place: Place,
  file: ScannedFile,
  guard: ContentGuard,
  copy: VaultCopy | null,
  context: RemovalContext,
): Promise<Removal> {
  const { journal, random, reach } = context;
  const id = random(8).toString('hex');
  const stagingName = Buffer.from(`${STAGING_PREFIX}${id}`);
  const record = (stagingHandle: string | null): void =>
    journal.write({ ...journalRecord(id, file, copy, parent, stagingName), stagingHandle });
  record(null);
  reach('journal.written');
  let settled = false;
  let staging: Staging | null = null;
  try {
    staging = makeStaging(parent, stagingName);
    if (parent.othersMayRename) record(staging.handle);
    reach('staging.made');
    renameWithoutReplacing(place, staging.object);
    reach('staging.moved');
    const removal = await decideStaged(staging, place, file, guard, context);
    if (removal.outcome === 'removed') copy?.settle();
    settled = !(removal.outcome === 'failed' && removal.error.code === 'action.stranded');
    return removal;
  } catch (error) {
    settled = staging === null || !isStaged(staging);
    throw error;
  } finally {
    if (settled) clear(parent, stagingName, staging, id, context);
    if (staging !== null) closeSync(staging.directoryFd);
  }
}

/** Out of everybody's reach: now the comparison holds. */
async function decideStaged(
  staging: Staging,
  place: Place,
  file: ScannedFile,
  guard: ContentGuard,
  context: RemovalContext,
): Promise<Removal> {
  const { identity } = describeAt(staging.object);
  if (!isSameObject(identity, file.identity))
    return returned(putBack(staging.object, place, context.random), missing(file));
  if (!(await guard.isUnchanged())) {
    const changed = {
      outcome: 'changed',
      error: { code: 'action.changed', message: 'the file changed after it was scanned' },
    } as const;
    return returned(putBack(staging.object, place, context.random), changed);
  }
  context.reach('staging.verified');
  try {
    unlinkAt(staging.object);
  } catch (error) {
    return returned(putBack(staging.object, place, context.random), failed(actionErrorOf(error)));
  }
  context.reach('staging.unlinked');
  return { outcome: 'removed', linksLeft: describe(file.fd).identity.nlink };
}

function returned(back: PutBack, otherwise: Removal): Removal {
  switch (back.kind) {
    case 'in-place':
      return otherwise;
    case 'beside':
      return failed({
        code: 'action.displaced',
        message: `something else took the place meanwhile; what was there stands beside it as ${showPath(back.name)}`,
      });
    case 'stranded':
      return failed({
        code: 'action.stranded',
        message: `what was moved could not be put back (${back.errno}); it waits in a folder of ours for the next start`,
      });
  }
}

function clear(
  parent: StagingParent,
  name: Buffer,
  staging: Staging | null,
  id: string,
  context: RemovalContext,
): void {
  if (staging !== null) clearStaging(parent, name, staging);
  context.reach('staging.cleared');
  context.journal.clear(id);
  context.reach('journal.cleared');
}

function isStaged(staging: Staging): boolean {
  try {
    describeAt(staging.object);
    return true;
  } catch {
    return false;
  }
}

function journalRecord(
  id: string,
  file: ScannedFile,
  copy: VaultCopy | null,
  parent: StagingParent,
  stagingName: Buffer,
) {
  const { inode, handle, size } = file.identity;
  return {
    version: 1 as const,
    id,
    path: file.path.toString('base64'),
    stagingParent: parent.path.toString('base64'),
    stagingName: stagingName.toString('base64'),
    fileSystem: describe(parent.fd).identity.fileSystem,
    object: { inode: String(inode), handle, size, mtimeNs: String(describe(file.fd).identity.mtimeNs) },
    vaultEntry: copy?.id ?? null,
  };
}

/** The name does not mean our object any more: it went, or it lives on under another name. */
function missing(file: ScannedFile): Removal {
  if (describe(file.fd).identity.nlink === 0) return { outcome: 'gone' };
  return failed({
    code: 'action.object_moved',
    message: 'the file was moved or replaced after it was scanned; nothing was touched',
  });
}

function failed(error: ActionError): Removal {
  return { outcome: 'failed', error };
}

/** EPERM has many fathers; an attribute on the file or its folder is the usual one, and is never stripped. */
function explainRefusal(error: unknown, fd: number, directoryFd: number): ActionError {
  if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'EACCES') return actionErrorOf(error);
  const file = protection(fd);
  if (file.immutable || file.appendOnly) return protectedError(file.immutable, 'file');
  const folder = protection(directoryFd);
  if (folder.immutable || folder.appendOnly) return protectedError(folder.immutable, 'folder');
  return actionErrorOf(error);
}

function protectedError(immutable: boolean, what: 'file' | 'folder'): ActionError {
  return immutable
    ? {
        code: 'action.immutable',
        message: `the ${what} carries the attribute "immutable" (chattr +i), which is never taken off`,
      }
    : {
        code: 'action.append_only',
        message: `the ${what} carries the attribute "append only" (chattr +a), which is never taken off`,
      };
}
