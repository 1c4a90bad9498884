// SPDX-License-Identifier: Apache-2.0
// Decides what a release must prove before it is called active (PF-4a), and what a failure to prove it says of it (PF-4c).
import type { LazaretError } from '@lazaret/core';
import type { ReleaseManifest } from '../format/manifest.ts';

export interface Proof {
  readonly requireEicar: boolean;
  /** Null: nobody has counted them yet. */
  readonly expectedSignatures: number | null;
}

/** A release that was loaded once must load as much again: less means that a file is damaged, or that the engine is older. */
export function proofOf({ loaded }: Pick<ReleaseManifest, 'loaded'>): Proof {
  return { requireEicar: true, expectedSignatures: loaded === null ? null : loaded.clamav + loaded.yara };
}

const PASSING: ReadonlySet<string> = new Set([
  'patterns.load_in_progress',
  'patterns.unreadable',
  'patterns.write_failed',
]);

/** What hindered the engine (a scan process that is down, another load), reading or writing says nothing of the patterns: they are tried again at the next look. */
export function isVerdictOnPatterns({ code }: Pick<LazaretError, 'code'>): boolean {
  return code.startsWith('patterns.') && !PASSING.has(code);
}
