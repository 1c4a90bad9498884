// SPDX-License-Identifier: Apache-2.0
// Deletes one name of the very object that was scanned, or changes nothing (AC-9). See docs/adr/0006-actions-on-files.md.
// Owns parent and staging folder until it returns.
import { sameObject, type Host, type OpenFolder, type Place } from '@lazaret/host/ports';
import { type Reach, splitPath } from '../vault/index.ts';
import { actionErrorOf, errnoOf } from './codes.ts';
import type { ContentGuard } from './content-guard.ts';
import type { ActionPoint } from './fault-points.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { CONTENT_CHANGED, explainRefusal, failed, missing, protectionOf, type Removal, returned } from './removal.ts';
import { objectScanned, type ScannedFile } from './scanned-file.ts';
import {
  clearStaging,
  isStaged,
  makeStaging,
  putBack,
  STAGING_PREFIX,
  type Staging,
  type StagingParent,
  stagingParent,
} from './staging.ts';

/** The complete copy in the vault. `settle` is called once the original is gone and before the journal forgets it. */
export interface VaultCopy {
  readonly id: string;
  readonly settle: () => void;
}

export interface RemovalContext {
  readonly files: Host['files'];
  readonly journal: Journal;
  readonly random: (bytes: number) => Buffer;
  readonly reach: Reach<ActionPoint>;
  /** Where the staging folder is made: the root of the mount, but in the test of folders that no file may leave. */
  readonly openRoot?: (folder: OpenFolder) => OpenFolder;
}

/** One removal: what, checked how, copied where, with what. */
interface Task extends RemovalContext {
  readonly file: ScannedFile;
  readonly guard: ContentGuard;
  readonly copy: VaultCopy | null;
}

export async function removeObject(
  file: ScannedFile,
  guard: ContentGuard,
  copy: VaultCopy | null,
  context: RemovalContext,
): Promise<Removal> {
  const { parent, name } = splitPath(file.path);
  let folder: OpenFolder;
  try {
    folder = file.openParent?.() ?? context.files.openFolder(parent);
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? missing(file) : failed(actionErrorOf(error));
  }
  try {
    return await removeFrom({ folder, name }, { ...context, file, guard, copy });
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? missing(file) : failed(explainRefusal(error, file.opened, folder));
  } finally {
    folder.close();
  }
}

async function removeFrom(place: Place, task: Task): Promise<Removal> {
  if (!sameObject(place.folder.describeName(place.name).object, objectScanned(task.file))) return missing(task.file);
  const protectedBy = protectionOf(task.file.opened, 'file');
  if (protectedBy !== null) return failed(protectedBy);
  const root = task.openRoot?.(place.folder) ?? place.folder.openMountRoot();
  try {
    return await removeThrough(stagingParent(root), place, task);
  } catch (error) {
    // Project quotas and per-folder encryption let no file leave its folder: then the staging folder is made beside it.
    if (errnoOf(error) !== 'EXDEV') throw error;
    return await removeThrough(stagingParent(place.folder), place, task);
  } finally {
    root.close();
  }
}

async function removeThrough(parent: StagingParent, place: Place, task: Task): Promise<Removal> {
  const { journal, reach } = task;
  const id = task.random(8).toString('hex');
  const name = Buffer.from(`${STAGING_PREFIX}${id}`);
  journal.write(journalRecord(id, parent, name, null, task));
  reach('journal.written');
  let staging: Staging | null = null;
  try {
    staging = makeStaging(parent, name);
    if (parent.othersMayRename) journal.write(journalRecord(id, parent, name, staging.handle, task));
    reach('staging.made');
    place.folder.rename(place.name, staging.object);
    reach('staging.moved');
    const removal = await decideStaged(staging, place, task);
    if (removal.outcome === 'removed') settle(staging, place, task);
    return removal;
  } finally {
    // What still lies there is the next start's: then folder and record stay.
    try {
      if (staging === null || !isStaged(staging)) clear(parent, name, staging, id, task);
    } finally {
      staging?.folder.close();
    }
  }
}

/** Out of everybody's reach: now the comparison holds. */
async function decideStaged(staging: Staging, place: Place, task: Task): Promise<Removal> {
  const { file, guard, random } = task;
  const { folder, name } = staging.object;
  const back = (otherwise: Removal): Removal => returned(putBack(staging.object, place, random), otherwise);
  if (!sameObject(folder.describeName(name).object, objectScanned(file))) return back(missing(file));
  if (!(await guard.isUnchanged())) return back(CONTENT_CHANGED);
  task.reach('staging.verified');
  try {
    folder.unlink(name);
  } catch (error) {
    return back(failed(actionErrorOf(error)));
  }
  task.reach('staging.unlinked');
  return { outcome: 'removed', linksLeft: file.opened.describe().identity.nlink };
}

/** A power cut must not bring the file back into a folder that nobody knows of: both folders are on the disk before the journal forgets. */
function settle(staging: Staging, place: Place, task: Task): void {
  for (const folder of [staging.folder, place.folder]) {
    try {
      folder.synchronize();
    } catch {
      // Some file systems cannot synchronise a folder; the removal itself stands.
    }
  }
  task.copy?.settle();
}

function clear(parent: StagingParent, name: Buffer, staging: Staging | null, id: string, task: Task): void {
  if (staging !== null && !clearStaging(parent, name, staging)) return;
  task.reach('staging.cleared');
  task.journal.clear(id);
  task.reach('journal.cleared');
}

function journalRecord(
  id: string,
  parent: StagingParent,
  stagingName: Buffer,
  stagingHandle: string | null,
  { file, copy }: Task,
): Omit<JournalRecord, 'startedAtMs' | 'process'> {
  const { inode, handle, size } = file.identity;
  return {
    version: 1,
    id,
    path: file.path.toString('base64'),
    stagingParent: parent.path.toString('base64'),
    stagingName: stagingName.toString('base64'),
    stagingHandle,
    fileSystem: parent.folder.describe().identity.fileSystem,
    object: { inode: String(inode), handle, size, mtimeNs: String(file.opened.describe().identity.mtimeNs) },
    vaultEntry: copy?.id ?? null,
  };
}
