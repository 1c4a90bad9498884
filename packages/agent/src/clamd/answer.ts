// SPDX-License-Identifier: Apache-2.0
// Translates a verdict into clamd's two answers, OK and FOUND. clamd has no third answer, so the policy setting `clamd.partly` decides how a partly scanned
// file is answered.
import type { ScannerAnswer } from '@lazaret/contract';
import type { ClamdPartlyAnswer } from '@lazaret/core';

/** `OK`, `NAME FOUND` or `TEXT ERROR`, without the path before it. An answer that tells no name, or no reason, is no better for that. */
export function formatVerdict(answer: ScannerAnswer, partly: ClamdPartlyAnswer): string {
  if (answer.verdict === 'infected') return `${answer.threats[0]?.name ?? 'Lazaret.Unnamed'} FOUND`;
  if (answer.verdict !== 'partly' || partly === 'ok') return 'OK';
  const reason = answer.unscanned[0]?.reason ?? 'unknown';
  return partly === 'found' ? `Lazaret.NotScanned.${pascalCase(reason)} FOUND` : `not scanned: ${reason} ERROR`;
}

/** ALLMATCHSCAN: one of each name. */
export function formatVerdicts(answer: ScannerAnswer, partly: ClamdPartlyAnswer): readonly string[] {
  if (answer.verdict !== 'infected' || answer.threats.length === 0) return [formatVerdict(answer, partly)];
  return [...new Set(answer.threats.map(({ name }) => `${name} FOUND`))];
}

function pascalCase(words: string): string {
  return words.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
