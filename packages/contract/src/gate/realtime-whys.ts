// SPDX-License-Identifier: Apache-2.0
// Reasons of real-time scan, for which the page has words. Without a schema, so that the console's first page loads none.

/** Why real-time is not plainly on; `policy` and `schedule` are as somebody set it. The page has words for each. */
export const REALTIME_WHYS = [
  'policy',
  'schedule',
  'no-supervisor',
  'other-product',
  'waiting-for-gate',
  'setting-marks',
  'notify-only',
  'nothing-scanned',
  'gate-down',
  'not-available',
] as const;

/** Why a place is not covered: a network drive; another mount lies over it; the kernel refuses the mark; an entry of the list that leads nowhere, or out. */
export const NOT_COVERED_WHYS = ['network', 'hidden', 'kernel', 'missing', 'listed', 'other'] as const;

export type RealtimeWhy = (typeof REALTIME_WHYS)[number];
export type NotCoveredWhy = (typeof NOT_COVERED_WHYS)[number];
