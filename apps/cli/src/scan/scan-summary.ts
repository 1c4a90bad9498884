// SPDX-License-Identifier: Apache-2.0
// The end of a scan in lines for people. Every file of the scan is in exactly one of infected, clean and partly scanned. Pure.
import type { SummaryRow } from '@lazaret/contract';
import { formatCoverage } from '@lazaret/core';
import { countOf, formatBytes, formatDuration, safeText } from '../words.ts';

export function formatSummary(summary: SummaryRow): readonly string[] {
  const { files, infected, partly, bytes, coverage, excepted, exceptedBy, elapsedMs, patternRelease, state } = summary;
  const how = state === 'done' ? 'Scanned' : `Stopped early (${state}):`;
  const clean = files - infected - partly;
  return [
    `${how} ${countOf(files, 'file')}, ${formatBytes(bytes)} in ${formatDuration(elapsedMs)}.`,
    `Infected: ${infected}. Clean: ${clean}. Partly scanned: ${partly}. Excepted: ${excepted}.`,
    `Coverage: ${formatCoverage(coverage)}. Patterns: ${patternRelease}.`,
    ...Object.entries(exceptedBy).map(([rule, count]) => `  excepted by ${safeText(rule)}: ${countOf(count, 'file')}`),
  ];
}
