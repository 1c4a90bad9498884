// SPDX-License-Identifier: Apache-2.0
// Why a VM is not plainly protected, as one word for list, detail and alarm. Pure.
import type { RealtimeWhy, VmReport } from '@lazaret/contract';

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
