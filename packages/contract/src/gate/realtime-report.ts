// SPDX-License-Identifier: Apache-2.0
// What a check-in tells of real-time beside its state: why, what it watches and what not, and how much it did. One small record: lists and texts are cut.
import { z } from 'zod';
import { NOT_COVERED_WHYS, REALTIME_WHYS } from './realtime-whys.ts';

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

export type RealtimeReport = z.infer<typeof realtimeReportSchema>;
