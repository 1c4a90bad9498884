// SPDX-License-Identifier: Apache-2.0
// AC-12: what is done with a file that could not be looked at whole. By reason and place; what no rule names is allowed and stands in the ledger. Here it
// is decided; what a decision means is the row of that action in action-plan.ts.
import type { Action } from '../actions/action.ts';
import { contentException, type Exceptions } from '../exceptions/compile.ts';
import type { Fault } from '../fault.ts';
import { formatPointer } from '../text/json-pointer.ts';
import { canonicalPath, isInside } from '../text/paths.ts';
import type { ScanKind, UnscannedAction, UnscannedRule } from '../policy/policy.ts';
import { findTargetPathFaults } from '../targets/check.ts';
import type { RuledReason, UnscannedReason } from './verdict.ts';

/** Reasons of what was opened, or was in what was opened; for the others there is nothing in hand that an action could touch. */
export const RULED_REASONS: readonly RuledReason[] = [
  'encrypted',
  'password',
  'corrupted',
  'unsupported-compression',
  'layers',
  'size',
  'engine-limit',
  'structure-ambiguous',
  'engine-failure',
  'time',
];

/** Weakest first: one file has one fate. */
export const UNSCANNED_ACTIONS: readonly UnscannedAction[] = ['allow', 'notify', 'deny', 'quarantine'];

/** What a detection is called that a rule made, so that exceptions by pattern name and by hash hold for it too. */
const UNSCANNED_THREAT_PREFIX = 'Not-Scanned.';

/** The row of the table of actions that a rule's action is. */
const CARRIED_OUT_AS = { notify: 'pass', deny: 'deny', quarantine: 'quarantine' } as const satisfies Readonly<
  Record<Exclude<UnscannedAction, 'allow'>, Action>
>;

export interface UnscannedDecision {
  readonly action: Action;
  readonly reason: UnscannedReason;
  /** `Not-Scanned.encrypted` */
  readonly threat: string;
  readonly decidedBy: string;
}

export interface CompiledUnscannedRule extends Omit<UnscannedRule, 'directory'> {
  /** Canonical; absent: everywhere. */
  readonly directory?: string;
  readonly decidedBy: string;
}

export function compileUnscannedRules(
  scanKind: ScanKind,
  rules: readonly UnscannedRule[],
): readonly CompiledUnscannedRule[] {
  return rules.map(({ directory, ...rule }, index) => ({
    ...rule,
    ...(directory === undefined ? {} : { directory: canonicalPath(directory, 'linux') }),
    decidedBy: formatPointer([scanKind, 'unscanned', index]),
  }));
}

/** For each reason the first rule that fits; of several reasons the strongest. Null: allowed. `path` is canonical. */
export function decideUnscanned(
  rules: readonly CompiledUnscannedRule[],
  path: string,
  reasons: readonly UnscannedReason[],
): UnscannedDecision | null {
  let strongest: {
    readonly action: UnscannedAction;
    readonly reason: UnscannedReason;
    readonly decidedBy: string;
  } | null = null;
  for (const reason of reasons) {
    const rule = rules.find((each) => fits(each, path, reason));
    if (rule === undefined || strength(rule.action) <= strength(strongest?.action ?? 'allow')) continue;
    strongest = { action: rule.action, reason, decidedBy: rule.decidedBy };
  }
  if (strongest === null || strongest.action === 'allow') return null;
  const { action, reason, decidedBy } = strongest;
  return { action: CARRIED_OUT_AS[action], reason, threat: `${UNSCANNED_THREAT_PREFIX}${reason}`, decidedBy };
}

/** The same, unless an exception by content holds for the file (EX-2). */
export function decideUnscannedContent(
  rules: readonly CompiledUnscannedRule[],
  exceptions: Pick<Exceptions, 'decideDigest' | 'decideThreat'>,
  {
    path,
    reasons,
    sha256,
  }: { readonly path: string; readonly reasons: readonly UnscannedReason[]; readonly sha256: string | null },
): UnscannedDecision | null {
  if (rules.length === 0) return null;
  const decision = decideUnscanned(rules, path, reasons);
  if (decision === null) return null;
  return contentException(exceptions, { sha256, threats: [{ name: decision.threat }] }) === null ? decision : null;
}

function fits({ reasons, directory }: CompiledUnscannedRule, path: string, reason: UnscannedReason): boolean {
  const named = reasons === undefined || (reasons as readonly string[]).includes(reason);
  return named && (directory === undefined || isInside(path, directory));
}

function strength(action: UnscannedAction): number {
  return UNSCANNED_ACTIONS.indexOf(action);
}

/** Every fault of one rule. */
export function findUnscannedFaults({ action, directory }: UnscannedRule, scanKind: ScanKind): readonly Fault[] {
  const denied: readonly Fault[] =
    action !== 'deny' || scanKind === 'realtime'
      ? []
      : [
          {
            code: 'action.deny_needs_realtime',
            path: '/action',
            message: `Deny access needs real-time scan; a ${scanKind} scan can allow, notify or quarantine.`,
          },
        ];
  return [...denied, ...(directory === undefined ? [] : findTargetPathFaults(directory, '/directory'))];
}
