// SPDX-License-Identifier: Apache-2.0
// Carries out what core planned for one infected file: the primary action, and the secondary action if the primary one fails (AC-3…AC-7). It makes no policy
// decisions. It reports the result of each step.
import { type Action, type ActionStepResult, LazaretError } from '@lazaret/core';
import { sameObject, type Host } from '@lazaret/host/ports';
import { noFaults, type Reach, type Vault, type VaultUsage } from '../vault/index.ts';
import type { ActionError } from './codes.ts';
import { ContentGuard } from './content-guard.ts';
import type { ActionPoint } from './fault-points.ts';
import type { Journal } from './journal.ts';
import { quarantineFile } from './quarantine-file.ts';
import { type RemovalContext, removeObject } from './remove-object.ts';
import { objectScanned, type ScannedFile } from './scanned-file.ts';

/** What is to be done; `secondary` is done when the primary fails. */
export interface ActionRequest {
  readonly primary: Action;
  readonly secondary: 'quarantine' | null;
}

export interface ActionStep {
  readonly action: Action;
  readonly result: ActionStepResult;
  readonly error?: ActionError;
  readonly vaultEntry?: string;
  /** Names of the same file that are left (hard links). */
  readonly linksLeft?: number;
  readonly vaultUsage?: VaultUsage;
}

export interface ActionOutcome {
  readonly primary: ActionStep;
  readonly secondary?: ActionStep;
}

export interface ActionContext {
  readonly files: Host['files'];
  readonly vault: Vault;
  readonly journal: Journal;
  readonly random: (bytes: number) => Buffer;
  readonly reach?: Reach<ActionPoint>;
  /** Goes on refusing every access (AC-6); real-time alone can. Answers what went wrong, or null. */
  readonly deny?: () => Promise<ActionError | null>;
}

export async function performAction(
  request: ActionRequest,
  file: ScannedFile,
  context: ActionContext,
): Promise<ActionOutcome> {
  const primary = await performStep(request.primary, file, context);
  if (request.secondary === null || primary.result === 'done' || primary.result === 'gone') return { primary };
  return { primary, secondary: await performStep(request.secondary, refreshed(file, primary), context) };
}

async function performStep(action: Action, file: ScannedFile, context: ActionContext): Promise<ActionStep> {
  const removal: RemovalContext = {
    files: context.files,
    journal: context.journal,
    random: context.random,
    reach: context.reach ?? noFaults,
  };
  switch (action) {
    case 'pass':
      return { action, result: 'done' };
    case 'deny':
      return await denyAccess(context);
    case 'clean':
      return {
        action,
        result: 'failed',
        error: { code: 'clean.not_available', message: 'this version cannot clean files' },
      };
    case 'delete':
      return await deleteFile(file, removal);
    case 'quarantine': {
      const { usage, ...outcome } = { usage: undefined, ...(await quarantineFile(file, context.vault, removal)) };
      return { action, ...outcome, ...(usage === undefined ? {} : { vaultUsage: usage }) };
    }
  }
}

async function denyAccess({ deny }: ActionContext): Promise<ActionStep> {
  if (deny === undefined) {
    throw new LazaretError('action.deny_needs_realtime', 'only real-time scan can deny access');
  }
  const error = await deny();
  return { action: 'deny', ...(error === null ? { result: 'done' } : { result: 'failed', error }) };
}

/** Delete (AC-3 on Linux): no copy is kept. */
async function deleteFile(file: ScannedFile, context: RemovalContext): Promise<ActionStep> {
  const action = 'delete';
  const guard = await ContentGuard.verify(file, true);
  if (guard === null)
    return {
      action,
      result: 'changed',
      error: { code: 'action.changed', message: 'the file changed after it was scanned' },
    };
  try {
    const removal = await removeObject(file, guard, null, context);
    switch (removal.outcome) {
      case 'removed':
        return { action, result: 'done', linksLeft: removal.linksLeft };
      case 'gone':
        return { action, result: 'gone' };
      case 'changed':
      case 'failed':
        return { action, result: removal.outcome, error: removal.error };
    }
  } finally {
    guard.release();
  }
}

/** A failed delete may have moved the file away and back, which changes its ctime: that is ours, not a change of its content. */
function refreshed(file: ScannedFile, primary: ActionStep): ScannedFile {
  const { object, identity } = file.opened.describe();
  const untouched =
    primary.result === 'failed' &&
    sameObject(object, objectScanned(file)) &&
    identity.size === file.identity.size &&
    identity.mtimeNs === file.identity.mtimeNs;
  return untouched ? { ...file, identity } : file;
}
