// SPDX-License-Identifier: Apache-2.0
// What is done with a threat, what if that fails, and when a person is told (AC-1…AC-7): the service description's table, and nothing else.
// Here is decided that Pass and Deny have no secondary. Who carries it out is the agent's `actions` room.
import type { Action, OperatingSystem, ThreatKind } from './action.ts';
import { LazaretError } from '../error.ts';
import { formatPointer } from '../text/json-pointer.ts';
import type { ActionSetting, ScanKind } from '../policy/policy.ts';

/** When a person is told: at every detection, or when the last step that was tried has failed. The log has every detection. */
export type NotifyRule = 'detected' | 'failed';

/** What an action means: the row of the table. */
export interface ActionRule {
  readonly primary: Action;
  readonly secondary: 'quarantine' | null;
  readonly notify: NotifyRule;
}

/** Recommended setting (AC-1): the release's table, by scan kind and kind of threat. A kind that is missing is quarantined. */
export type ActionTable = Readonly<Record<ScanKind, Readonly<Partial<Record<ThreatKind, ActionRule>>>>>;

/** What is to be done with one file. */
export interface ActionPlan extends ActionRule {
  /** What is really carried out for `primary`: Delete on Windows is Quarantine (AC-3a). */
  readonly carriedOutAs: Action;
  /** JSON pointer of the action rule in the policy. */
  readonly decidedBy: string;
  /** Where the rule itself comes from. */
  readonly source: 'custom' | 'table' | 'unknown-kind';
}

/** AC-2: what each of the five means. */
export const ACTION_RULES: Readonly<Record<Action, ActionRule>> = {
  // AC-3, AC-4: fails → Quarantine; told when that fails too.
  delete: { primary: 'delete', secondary: 'quarantine', notify: 'failed' },
  clean: { primary: 'clean', secondary: 'quarantine', notify: 'failed' },
  // AC-5, AC-6: no secondary, even on failure; told when detected.
  pass: { primary: 'pass', secondary: null, notify: 'detected' },
  deny: { primary: 'deny', secondary: null, notify: 'detected' },
  // AC-7: no secondary; told when the copy or the deletion fails.
  quarantine: { primary: 'quarantine', secondary: null, notify: 'failed' },
};

export interface PlanQuestion {
  readonly operatingSystem: OperatingSystem;
  readonly scanKind: ScanKind;
  readonly setting: ActionSetting;
  readonly kind: ThreatKind;
  readonly table: ActionTable;
}

/** The plan for one threat. Throws `action.deny_needs_realtime` where Deny came in past every check (AC-6e). */
export function planAction(question: PlanQuestion): ActionPlan {
  const { operatingSystem, scanKind } = question;
  const { rule, source } = chooseRule(question);
  if (rule.primary === 'deny' && scanKind !== 'realtime') {
    throw new LazaretError('action.deny_needs_realtime', `Deny access needs real-time scan, not a ${scanKind} one.`, {
      where: formatPointer([scanKind, 'action']),
    });
  }
  const carriedOutAs = rule.primary === 'delete' && operatingSystem === 'windows' ? 'quarantine' : rule.primary;
  return { ...rule, carriedOutAs, decidedBy: formatPointer([scanKind, 'action']), source };
}

function chooseRule({ setting, scanKind, kind, table }: PlanQuestion): {
  readonly rule: ActionRule;
  readonly source: ActionPlan['source'];
} {
  if (setting.kind === 'custom') return { rule: ACTION_RULES[setting.primary], source: 'custom' };
  const row = Object.hasOwn(table[scanKind], kind) ? table[scanKind][kind] : undefined;
  // AC-1b: whatever the table does not name is quarantined.
  return row === undefined ? { rule: ACTION_RULES.quarantine, source: 'unknown-kind' } : { rule: row, source: 'table' };
}

/** Weakest first: what removes the file and keeps a copy wins, for one file has one fate. */
const STRENGTH: readonly Action[] = ['pass', 'deny', 'clean', 'delete', 'quarantine'];

/** The plan for a file with several threats: the strongest of their plans; a person is told if any of them says so. */
export function planForThreats(question: Omit<PlanQuestion, 'kind'>, kinds: readonly ThreatKind[]): ActionPlan {
  const plans = (kinds.length === 0 ? ['other' as const] : kinds).map((kind) => planAction({ ...question, kind }));
  const strongest = plans.reduce((left, right) =>
    STRENGTH.indexOf(right.primary) > STRENGTH.indexOf(left.primary) ? right : left,
  );
  return plans.some(({ notify }) => notify === 'detected') ? { ...strongest, notify: 'detected' } : strongest;
}

/**
 * How one step went. `gone`: somebody else removed the file first. `changed`: it is not what was scanned any more, and nothing was touched. `copy-failed` and
 * `original-not-deleted` are quarantine's two failures (AC-7).
 */
export type ActionStepResult = 'done' | 'gone' | 'changed' | 'failed' | 'copy-failed' | 'original-not-deleted';

/** AC-7: that the copy failed and that the original is still there are two events, for they ask for two different things. */
export type ActionEvent = 'detected' | 'secondary-failed' | 'copy-failed' | 'original-not-deleted';

/** `event`: what a person is told, or null. `failed`: the threat is where it was, and nothing that was tried helped. */
export interface ActionSettlement {
  readonly event: ActionEvent | null;
  readonly failed: boolean;
}

/** What follows from how the steps went. `secondary` is null where it was not tried. */
export function settleAction(
  plan: Pick<ActionPlan, 'carriedOutAs' | 'secondary' | 'notify'>,
  outcome: { readonly primary: ActionStepResult; readonly secondary: ActionStepResult | null },
): ActionSettlement {
  const failed = !succeeded(outcome.primary) && (outcome.secondary === null || !succeeded(outcome.secondary));
  if (plan.notify === 'detected') return { event: 'detected', failed };
  if (!failed) return { event: null, failed };
  if (plan.secondary !== null) return { event: 'secondary-failed', failed };
  return { event: outcome.primary === 'original-not-deleted' ? 'original-not-deleted' : 'copy-failed', failed };
}

function succeeded(result: ActionStepResult): boolean {
  return result === 'done' || result === 'gone';
}

/** What is wrong with a release's table, as sentences without their full stop, because a longer one holds them: then the release is not taken. */
export function findActionTableFaults(table: ActionTable): readonly string[] {
  const faults: string[] = [];
  for (const [scanKind, rows] of Object.entries(table)) {
    for (const [kind, { primary, secondary }] of Object.entries(rows)) {
      const place = `${scanKind}, ${kind}`;
      if (primary === 'deny' && scanKind !== 'realtime') faults.push(`${place}: deny needs real-time scan`);
      if (secondary !== null && ACTION_RULES[primary].secondary === null) {
        faults.push(`${place}: ${primary} has no secondary`);
      }
    }
  }
  return faults;
}
