// SPDX-License-Identifier: Apache-2.0
// Every limit that a policy may set, with its default and its range (LM-5, LM-6, LM-7, LM-10, SC-9, AC-8): one place, because a limit
// that is known in two places is two limits. What is held against them is compared in native/scanner, where the members are.
import type { Fault } from './fault.ts';
import type { ScanKind, ScanLimits, ScanLoad } from './policy/policy.ts';

/** One mebibyte: what the requirements call MB. */
export const MEBIBYTE = 1_048_576;

/** A whole number from `min` to `max`, both allowed. */
export interface LimitRange {
  readonly min: number;
  readonly max: number;
}

/** LM-5 allows 1–30 layers. No range may be wider than the scanner takes (native/scanner/src/base/limits.h); tools/codegen/limits holds them together. */
export const SCAN_LIMIT_RANGES: Readonly<Record<keyof ScanLimits, LimitRange>> = {
  compressionLayersMax: { min: 1, max: 30 },
  memberBytesMax: { min: 1, max: 1024 * MEBIBYTE },
  membersMax: { min: 1, max: 1_000_000 },
  fileTimeMs: { min: 100, max: 3_600_000 },
};

/** Pointers of the other numbers of a policy. */
export type RangedSetting =
  | '/agent/knock/port'
  | '/realtime/deadlineMs'
  | '/scheduled/spreadMinutes'
  | '/scheduled/longestRunMinutes'
  | '/vault/bytesMax'
  | '/vault/retentionDays'
  | '/vault/warnAtPercent';

/** The other numbers of a policy, by their pointer. */
export const SETTING_RANGES: Readonly<Record<RangedSetting, LimitRange>> = {
  '/agent/knock/port': { min: 1, max: 65_535 },
  '/realtime/deadlineMs': { min: 100, max: 60_000 },
  '/scheduled/spreadMinutes': { min: 0, max: 1_440 },
  '/scheduled/longestRunMinutes': { min: 1, max: 10_080 },
  '/vault/bytesMax': { min: MEBIBYTE, max: 1_048_576 * MEBIBYTE },
  '/vault/retentionDays': { min: 0, max: 3_650 },
  '/vault/warnAtPercent': { min: 1, max: 100 },
};

/** LM-6: real-time 10 MB; LM-7: scheduled and manual 30 MB; LM-5: five layers. */
export function defaultLimits(kind: ScanKind): ScanLimits {
  return {
    compressionLayersMax: 5,
    memberBytesMax: (kind === 'realtime' ? 10 : 30) * MEBIBYTE,
    membersMax: 100_000,
    fileTimeMs: kind === 'realtime' ? 30_000 : 120_000,
  };
}

/** Share of all cores that a load may use (SC-9), in percent; no budget goes under `LOAD_PERCENT_MIN`. */
export const LOAD_PERCENT: Readonly<Record<ScanLoad, number>> = { low: 20, medium: 50, high: 100 };
export const LOAD_PERCENT_MIN = 5;

/** The fault of one number that has a range. */
export function findRangeFaults(value: number, range: LimitRange, path: string): readonly Fault[] {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return [];
  const message = `${value} is not allowed. Use a whole number from ${range.min} to ${range.max}.`;
  return [{ code: 'limits.out_of_range', path, message }];
}
