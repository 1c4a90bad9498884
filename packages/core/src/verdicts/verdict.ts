// SPDX-License-Identifier: Apache-2.0
// A verdict and the ledger of what was not looked at (LM). `partly` = clean as far as read, and is never shown as clean.

export type Verdict = 'infected' | 'clean' | 'partly';

/** Why a leaf was not looked at (LM-1…LM-10). `special` and `network` stand outside coverage. */
export type UnscannedReason =
  | 'encrypted'
  | 'password'
  | 'corrupted'
  | 'unsupported-compression'
  | 'layers'
  | 'size'
  | 'engine-limit'
  | 'structure-ambiguous'
  | 'engine-failure'
  | 'time'
  | 'unreadable'
  | 'special'
  | 'network'
  | 'changed';

/** Those of what was opened, or lay in what was opened: there is something in hand that an action can touch (AC-12). */
export type RuledReason = Exclude<UnscannedReason, 'unreadable' | 'special' | 'network' | 'changed'>;

/** One leaf that was not looked at. `layers`: member names from the outside in, without the outer file. `bytes`: extracted size where known. */
export interface UnscannedLeaf {
  readonly reason: UnscannedReason;
  readonly layers: readonly string[];
  readonly layersBase64?: readonly string[];
  readonly bytes: number | null;
}

/** Looked at / all, in leaves: every regular file in scope and every listed leaf member. */
export interface Coverage {
  readonly lookedAt: number;
  readonly all: number;
}

/** What one reading of bytes gave: threats, and leaves that were not looked at. */
export function decideVerdict(threats: number, unscannedLeaves: number): Verdict {
  if (threats > 0) return 'infected';
  return unscannedLeaves > 0 ? 'partly' : 'clean';
}

/** The verdict of several parts together: infected before clean as far as read before clean. Nothing at all is clean. */
export function combineVerdicts(verdicts: Iterable<Verdict>): Verdict {
  let combined: Verdict = 'clean';
  for (const verdict of verdicts) {
    if (verdict === 'infected') return 'infected';
    if (verdict === 'partly') combined = 'partly';
  }
  return combined;
}

/** Reasons that stand outside coverage and exit code: there was no content to look at, or none that is ours to scan. */
export const REASONS_OUTSIDE_COVERAGE: readonly UnscannedReason[] = ['special', 'network'];
