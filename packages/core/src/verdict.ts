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
  | 'engine-failure'
  | 'time'
  | 'unreadable'
  | 'special'
  | 'network'
  | 'changed';

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
