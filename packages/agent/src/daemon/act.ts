// SPDX-License-Identifier: Apache-2.0
// From an infected file to what was done with it: core plans, the actions room carries out, core says who is told, the spool
// keeps it. Here they only meet.
import { randomBytes } from 'node:crypto';
import type { ActionRow, ActionStep as StepRow } from '@lazaret/contract';
import { planForThreats, settleAction, type ActionSetting } from '@lazaret/core';
import { performAction, type ActionOutcome, type ActionStep } from '../actions/index.ts';
import type { InfectedFile } from '../scan/index.ts';
import type { ActContext, CarriedOut } from './act-context.ts';
import { recordDetection } from './record-detection.ts';

export function actOn(context: ActContext): (file: InfectedFile) => Promise<ActionRow | null> {
  return async (file) => {
    const setting = settingOf(context);
    const action = setting === null ? null : await carryOut(file, setting, context);
    recordDetection(file, action, context);
    return action?.row ?? null;
  };
}

/** Null: the run only reports. */
function settingOf({ request, inForce }: ActContext): ActionSetting | null {
  if (request.action === 'report') return null;
  return request.action === 'policy'
    ? inForce.policy[request.origin].action
    : { kind: 'custom', primary: request.action };
}

async function carryOut(file: InfectedFile, setting: ActionSetting, context: ActContext): Promise<CarriedOut> {
  const { agent, tables, request, inForce, patternRelease } = context;
  const plan = planForThreats(
    { operatingSystem: 'linux', scanKind: request.origin, setting, table: tables.actions },
    file.threats.map(({ kind }) => kind),
  );
  const outcome = await performAction(
    { primary: plan.carriedOutAs, secondary: plan.secondary },
    {
      fd: file.descriptor,
      path: file.path,
      identity: file.identity,
      sha256: file.answer.sha256,
      threats: file.threats,
      patternRelease,
      policyHash: inForce.hash,
    },
    { vault: agent.vault, journal: agent.journal, random: randomBytes },
  );
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
    decidedBy: request.action === 'policy' ? plan.decidedBy : '',
  };
  return { row, event };
}

function stepRow({ action, result, error }: ActionStep): StepRow {
  return { action, result, ...(error === undefined ? {} : { error: error.code, message: error.message }) };
}

/** AC-8e: the vault fills up. Told at each quarantine while it lasts; who reads the events joins repeats. */
function warnOfVault({ primary, secondary }: ActionOutcome, { agent }: ActContext): void {
  const usage = (secondary ?? primary).vaultUsage;
  if (usage?.warning) agent.spool.append('alarm', { alarm: 'vault-nearly-full', percent: usage.percent }, true);
}
