// SPDX-License-Identifier: Apache-2.0
// From an infected file to what was done with it: core plans, the actions room carries out, core says who is told, the spool
// keeps it. Here they only meet.
import { randomBytes } from 'node:crypto';
import type { ActionRow, ActionStep as StepRow } from '@lazaret/contract';
import {
  pathTextFromBytes,
  planForThreats,
  settleAction,
  type Action,
  type ActionPlan,
  type ActionSetting,
} from '@lazaret/core';
import { performAction, type ActionOutcome, type ActionStep, type ScannedFile } from '../actions/index.ts';
import type { InfectedFile } from '../scan/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';
import type { ActContext, CarriedOut } from './act-context.ts';
import { recordDetection } from './record-detection.ts';
import { HOST_SYSTEM } from '@lazaret/host';

export function actOn(context: ActContext): (file: InfectedFile) => Promise<ActionRow | null> {
  return async (file) => {
    const setting = settingOf(file, context);
    const action = setting === null ? null : await carryOut(file, setting, context);
    // A file in which nothing was found stands in the ledger; it is told of where something was done with it.
    if (file.ruled !== undefined && action === null) return null;
    recordDetection(file, action, context);
    return action?.row ?? null;
  };
}

/** Null: the run only reports, or what was asked for it (`--action`) is meant for what is infected. */
function settingOf({ ruled }: InfectedFile, { action, scanKind, inForce }: ActContext): ActionSetting | null {
  if (action === 'report') return null;
  if (ruled !== undefined) return action === 'policy' ? { kind: 'custom', primary: ruled.action } : null;
  return action === 'policy' ? inForce.policy[scanKind].action : { kind: 'custom', primary: action };
}

async function carryOut(file: InfectedFile, setting: ActionSetting, context: ActContext): Promise<CarriedOut> {
  const { tables, scanKind } = context;
  const plan = planForThreats(
    { operatingSystem: HOST_SYSTEM, scanKind, setting, table: tables.actions },
    file.threats.map(({ kind }) => kind),
  );
  const outcome = await performPlan(plan, file, context);
  const { event } = settleAction(plan, {
    primary: outcome.primary.result,
    secondary: outcome.secondary?.result ?? null,
  });
  warnOfVault(outcome, context);
  const quarantineId = (outcome.secondary ?? outcome.primary).vaultEntry;
  const row: ActionRow = {
    primary: stepRow(outcome.primary),
    ...(outcome.secondary === undefined ? {} : { secondary: stepRow(outcome.secondary) }),
    notify: event !== null,
    ...(quarantineId === undefined ? {} : { quarantineId }),
    decidedBy: context.action === 'policy' ? (file.ruled?.decidedBy ?? plan.decidedBy) : '',
  };
  return { row, event };
}

/** What has lost its name already is not copied into the vault again. */
async function performPlan(
  { carriedOutAs: primary, secondary }: ActionPlan,
  file: InfectedFile,
  context: ActContext,
): Promise<ActionOutcome> {
  if (file.gone && takesAway(primary)) return { primary: { action: primary, result: 'gone' } };
  const { agent, access, runId } = context;
  const counted = context.action === 'policy' && takesAway(primary);
  const refused = counted ? refusedByCeiling(file, context) : null;
  if (refused !== null) return { primary: { action: primary, result: 'failed', error: refused } };
  const outcome = await performAction({ primary, secondary }, scannedFile(file, context), {
    files: agent.host.files,
    vault: agent.vault,
    journal: agent.journal,
    random: randomBytes,
    ...(access === undefined ? {} : { deny: access.deny }),
  });
  const taken = [outcome.primary, outcome.secondary].some((step) => step !== undefined && tookAway(step));
  if (counted && !taken) agent.ceiling.notRemoved(runId);
  return outcome;
}

function tookAway({ action, result }: ActionStep): boolean {
  return takesAway(action) && result === 'done';
}

/** AC-14: asked of what a policy plans; what somebody on the VM asked for by name is free. */
function refusedByCeiling(file: InfectedFile, context: ActContext): { code: string; message: string } | null {
  const { agent, runId, tables, lookedAt } = context;
  const byTenantAlone = file.ruled !== undefined || file.threats.every(({ name }) => isOwnName(name, tables));
  const cause = { paths: [pathTextFromBytes(file.path)], byTenantAlone };
  const refused = agent.ceiling.refuseRemoval(cause, { id: runId, lookedAt: lookedAt?.() ?? null });
  return refused === null ? null : { code: refused.code, message: refused.why };
}

/** The engine marks names of sets that ClamAV did not publish. */
function isOwnName(name: string, { tenantNames }: ReleaseTables): boolean {
  return tenantNames.has(name) || tenantNames.has(name.replace(/\.UNOFFICIAL$/, ''));
}

function takesAway(action: Action): boolean {
  return action === 'delete' || action === 'clean' || action === 'quarantine';
}

function scannedFile(file: InfectedFile, { patternRelease, inForce }: ActContext): ScannedFile {
  return {
    opened: file.opened,
    path: file.path,
    ...(file.openParent === undefined ? {} : { openParent: file.openParent }),
    identity: file.identity,
    sha256: file.answer.sha256,
    threats: file.threats,
    patternRelease,
    policyHash: inForce.hash,
  };
}

function stepRow({ action, result, error }: ActionStep): StepRow {
  return { action, result, ...(error === undefined ? {} : { error: error.code, message: error.message }) };
}

/** AC-8e: the vault fills up. Told at each quarantine while it lasts; who reads the events joins repeats. */
function warnOfVault({ primary, secondary }: ActionOutcome, { agent }: ActContext): void {
  const usage = (secondary ?? primary).vaultUsage;
  if (usage?.warning) agent.spool.append('alarm', { alarm: 'vault-nearly-full', percent: usage.percent }, true);
}
