// SPDX-License-Identifier: Apache-2.0
// Quarantine (AC-7): first the complete copy is written to the vault, then the original is removed. At every moment the file is in its place, complete in the
// vault, or both (AC-9). A copy that failed and an original that could not be removed are two different results.
import { LazaretError } from '@lazaret/core';
import {
  type ContentDigest,
  digestFile,
  readFileFacts,
  SourceChanged,
  type TakenFile,
  type Vault,
  type VaultUsage,
} from '../vault/index.ts';
import { type ActionError, errnoOf } from './codes.ts';
import { ContentGuard } from './content-guard.ts';
import { type RemovalContext, removeObject } from './remove-object.ts';
import type { ScannedFile } from './scanned-file.ts';

export type QuarantineOutcome =
  | { readonly result: 'done'; readonly vaultEntry: string; readonly linksLeft: number; readonly usage: VaultUsage }
  | {
      readonly result: 'original-not-deleted';
      readonly vaultEntry: string;
      readonly error: ActionError;
      readonly usage: VaultUsage;
    }
  | { readonly result: 'copy-failed' | 'changed'; readonly error: ActionError };

interface Copy {
  readonly id: string;
  /** False: it was there from an earlier attempt. */
  readonly isNew: boolean;
}

const CHANGED: QuarantineOutcome = {
  result: 'changed',
  error: { code: 'action.changed', message: 'the file changed after it was scanned' },
};

export async function quarantineFile(
  file: ScannedFile,
  vault: Vault,
  context: RemovalContext,
): Promise<QuarantineOutcome> {
  // The copy reads every byte anyway, so the guard need not.
  const guard = await ContentGuard.verify(file, false);
  if (guard === null) return CHANGED;
  try {
    const copy = await copyToVault(file, guard, vault);
    return 'id' in copy ? await removeOriginal(file, guard, copy, vault, context) : copy;
  } finally {
    guard.release();
  }
}

async function copyToVault(file: ScannedFile, guard: ContentGuard, vault: Vault): Promise<Copy | QuarantineOutcome> {
  try {
    const kept = await findKept(file, vault);
    if (kept !== null) {
      guard.know(kept);
      return { id: kept.id, isNew: false };
    }
    const accept = async (sha256: string | null): Promise<boolean> =>
      (file.sha256 === null || sha256 === null || file.sha256 === sha256) && guard.isUntouched();
    const added = await vault.add({ file: file.opened, size: file.identity.size }, takenFile(file), accept);
    guard.know(added.metadata);
    return { id: added.id, isNew: true };
  } catch (error) {
    if (error instanceof SourceChanged) return CHANGED;
    return { result: 'copy-failed', error: copyErrorOf(error) };
  }
}

async function findKept(file: ScannedFile, vault: Vault): Promise<({ id: string } & ContentDigest) | null> {
  if (!(await vault.mayHaveKept(file.identity))) return null;
  return await vault.findKept(file.identity, await digestFile(file.opened));
}

async function removeOriginal(
  file: ScannedFile,
  guard: ContentGuard,
  copy: Copy,
  vault: Vault,
  context: RemovalContext,
): Promise<QuarantineOutcome> {
  const removal = await removeObject(file, guard, { id: copy.id, settle: () => vault.settle(copy.id) }, context);
  switch (removal.outcome) {
    case 'removed':
    case 'gone':
      vault.settle(copy.id); // for `gone`; settled already when it was removed
      return {
        result: 'done',
        vaultEntry: copy.id,
        linksLeft: removal.outcome === 'gone' ? 0 : removal.linksLeft,
        usage: vault.usage(),
      };
    case 'changed':
      // The copy is of what is no longer there; the next scan judges the new content.
      if (copy.isNew) vault.delete(copy.id);
      return CHANGED;
    case 'failed':
      return { result: 'original-not-deleted', vaultEntry: copy.id, error: removal.error, usage: vault.usage() };
  }
}

function takenFile(file: ScannedFile): TakenFile {
  return {
    detectionId: file.detectionId ?? null,
    path: file.path.toString('base64'),
    ...readFileFacts(file.opened),
    attributes: file.opened.readAttributes().map(({ name, value }) => ({
      name: name.toString('base64'),
      value: value.toString('base64'),
    })),
    links: {
      count: file.opened.describe().identity.nlink,
      otherPaths: (file.otherPaths ?? []).map((path) => path.toString('base64')),
    },
    threats: file.threats.map(({ name, kind, layers }) => ({ name, kind, layers: [...layers] })),
    patternRelease: file.patternRelease ?? null,
    policyHash: file.policyHash ?? null,
  };
}

function copyErrorOf(error: unknown): ActionError {
  if (error instanceof LazaretError) return { code: error.code, message: error.message };
  return { code: 'vault.write_failed', message: `the copy in the vault could not be made (${errnoOf(error)})` };
}
