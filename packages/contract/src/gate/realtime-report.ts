// SPDX-License-Identifier: Apache-2.0
// What a check-in tells of real-time beside its state: why, what it watches and what not, and how much it did. One small record: lists and texts are cut.
import { z } from 'zod';

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

export const REALTIME_REPORT_LIMITS = { places: 24, mountPoint: 256, detail: 128 } as const;

const count = z.number().int().nonnegative();
const place = z.object({
  mountPoint: z.string().max(REALTIME_REPORT_LIMITS.mountPoint),
  fileSystemType: z.string().max(128),
});

/** Of the gate that runs, since it began. */
export const realtimeCountsSchema = z.object({
  opens: count,
  /** Answered without a look at the file: by a verdict that was kept, and by a file that the kernel was told to let be. */
  cacheHits: count,
  ignoreMarks: count,
  scans: count,
  detections: count,
  refused: count,
  /** Answered before the scan had ended. */
  letThrough: count,
  overload: count,
  waiting: count,
});

export const realtimeReportSchema = z.object({
  why: z.enum(REALTIME_WHYS).nullable(),
  /** What the kernel, or the name of another product, adds to it; English. */
  detail: z.string().max(REALTIME_REPORT_LIMITS.detail).nullable(),
  watching: z.array(place).max(REALTIME_REPORT_LIMITS.places),
  moreWatching: count,
  notCovered: z
    .array(
      place.extend({
        why: z.enum(NOT_COVERED_WHYS),
        detail: z.string().max(REALTIME_REPORT_LIMITS.detail).nullable(),
      }),
    )
    .max(REALTIME_REPORT_LIMITS.places),
  moreNotCovered: count,
  /** Null where no gate answers. */
  counts: realtimeCountsSchema.nullable(),
});

export type RealtimeWhy = (typeof REALTIME_WHYS)[number];
export type NotCoveredWhy = (typeof NOT_COVERED_WHYS)[number];
export type RealtimeReport = z.infer<typeof realtimeReportSchema>;
