// SPDX-License-Identifier: Apache-2.0

/** What the rounds of race-rounds.ts came to. */
export interface RaceResult {
  /** Rounds in which the action began with an infected file. */
  readonly acted: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Foreign files that lost a name or a byte. */
  readonly foreignTouched: number;
  /** Files that stood beside their place for want of it. */
  readonly displaced: number;
  readonly swaps: number;
  readonly leftovers: readonly string[];
  readonly journal: readonly string[];
}
