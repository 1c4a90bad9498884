// SPDX-License-Identifier: Apache-2.0
// Why a path is or is not scanned (EX-3), by the very functions that the scans use: an explanation by other code could be wrong.
import type { ExceptionFacts } from '../exceptions/compile.ts';
import { compileExceptions } from '../exceptions/compile.ts';
import type { Policy, ScanKind } from './policy.ts';
import {
  compileTargets,
  type PathFacts,
  TARGET_REASONS,
  type TargetFacts,
  type TargetReason,
} from '../targets/compile.ts';

/** Every reason that an explanation can have; whoever shows them has words for each. */
export const EXPLANATION_WHYS: readonly ExplanationWhy[] = [...TARGET_REASONS, 'exception', 'off'];

export type ExplanationWhy = TargetReason | 'exception' | 'off';

export const SCAN_KINDS: readonly ScanKind[] = ['realtime', 'scheduled', 'manual'];

/**
 * What one kind of scan does with a path. `if-type`: scanned if its content is of a type that IntelliScan lists. `off`: the kind of scan is
 * switched off. `decidedBy` points at the rule: an exception, a scope entry, or the switch.
 */
export interface Explanation {
  readonly kind: ScanKind;
  readonly scanned: 'yes' | 'no' | 'if-type';
  readonly why: ExplanationWhy;
  readonly decidedBy: string;
}

export interface ExplainFacts {
  readonly path: PathFacts;
  /** For each kind: what its directory list means on this VM. */
  readonly targets: Readonly<Record<ScanKind, TargetFacts>>;
  readonly exceptions: ExceptionFacts;
  /** Of the file, where it was read: then exceptions by content count too. */
  readonly sha256?: string;
}

/** One answer for each kind of scan, in their order. */
export function explainPath(policy: Policy, facts: ExplainFacts): readonly Explanation[] {
  return SCAN_KINDS.map((kind) => explainKind(kind, policy, facts));
}

function explainKind(kind: ScanKind, policy: Policy, facts: ExplainFacts): Explanation {
  if (kind !== 'manual' && !policy[kind].enabled)
    return { kind, scanned: 'no', why: 'off', decidedBy: `/${kind}/enabled` };
  const target = compileTargets(kind, policy[kind], facts.targets[kind]).decide(facts.path);
  const { decidedBy, why } = target;
  if (!target.inScope) return { kind, scanned: 'no', why, decidedBy };
  const exceptions = compileExceptions(kind, policy[kind].exceptions, facts.exceptions);
  const digest = facts.sha256 === undefined ? null : exceptions.decideDigest(facts.sha256);
  // EX-1e: an exception beats the scope.
  const hit = exceptions.decideFile(facts.path.path) ?? digest;
  if (hit !== null) return { kind, scanned: 'no', why: 'exception', decidedBy: hit.decidedBy };
  return { kind, scanned: target.byContent ? 'if-type' : 'yes', why, decidedBy };
}
