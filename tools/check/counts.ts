// SPDX-License-Identifier: Apache-2.0

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a part tells: its counts, and the tests that ran and passed, by their full path and title. */
export interface Outcome {
  readonly counts: Counts;
  readonly passed: readonly { readonly file: string; readonly name: string }[];
}

export const EMPTY: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** The closing line that CI reads. */
export function formatClosingLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
