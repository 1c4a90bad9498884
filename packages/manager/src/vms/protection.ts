// SPDX-License-Identifier: Apache-2.0
// Whether a VM is protected, and if not completely, why: one word for list, detail and alarm. Pure.
import type { ProtectionState, RealtimeWhy, VmReport } from '@lazaret/contract';

/** PF-8: before the first patterns it is "not protected yet", never green. */
export function protectionOf({ patterns, engine, realtime }: VmReport): ProtectionState {
  if (patterns.release === null) return 'not-protected-yet';
  if (!engine.up) return 'off';
  switch (realtime) {
    case 'off':
      // As somebody set it: scheduled and manual scans go on.
      return 'off-by-policy';
    case 'off-by-schedule':
    case 'degraded':
      return realtime;
    case 'starting':
    case 'refused':
    case 'not-available':
      // Scheduled and manual scans go on, but nobody looks at what is opened.
      return 'degraded';
    case 'on':
      return patterns.starterOnly === true ? 'starter-only' : 'protected';
  }
}

export type WhyFacts = Pick<VmReport, 'engine' | 'patterns' | 'realtime' | 'realtimeReport'>;

/** A code of the catalogue, or `realtime.` and real-time's own word; null where there is nothing to tell. */
export function protectionWhy({ engine, patterns, realtime, realtimeReport }: WhyFacts): string | null {
  if (patterns.release === null) return patterns.fault;
  if (!engine.up) return 'scanner.down';
  const why = realtimeReport?.why ?? WHY_OF_STATE[realtime];
  return why === null ? null : `realtime.${why}`;
}

/** Of an agent that tells its state alone. */
const WHY_OF_STATE: Readonly<Record<VmReport['realtime'], RealtimeWhy | null>> = {
  on: null,
  off: 'policy',
  'off-by-schedule': 'schedule',
  degraded: null,
  starting: 'waiting-for-gate',
  refused: 'other-product',
  'not-available': 'not-available',
};
