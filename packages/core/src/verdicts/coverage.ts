// SPDX-License-Identifier: Apache-2.0
// Coverage arithmetic (LM): looked at / all, in leaves. A percentage is for people and rounds *down*: one leaf of a million that was not looked
// at must never read as 100 %.
import type { Coverage } from './verdict.ts';

export const NO_COVERAGE: Coverage = { lookedAt: 0, all: 0 };

/** The coverage of two parts together. */
export function addCoverage(left: Coverage, right: Coverage): Coverage {
  return { lookedAt: left.lookedAt + right.lookedAt, all: left.all + right.all };
}

/** Hundredths of a percent, rounded down; null where there was nothing to look at. Exact however large the counts are. */
export function coverageHundredths(coverage: Coverage): number | null {
  if (coverage.all === 0) return null;
  return Number((BigInt(coverage.lookedAt) * 10_000n) / BigInt(coverage.all));
}

/** For people: `9/10 (90.00 %)`; `nothing to scan` without any leaf. */
export function formatCoverage(coverage: Coverage): string {
  const hundredths = coverageHundredths(coverage);
  if (hundredths === null) return 'nothing to scan';
  const percent = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
  return `${coverage.lookedAt}/${coverage.all} (${percent} %)`;
}
