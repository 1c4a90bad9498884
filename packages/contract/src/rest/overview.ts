// SPDX-License-Identifier: Apache-2.0
// The first page: what needs a person, worst first; then the figures, each of which links to exactly its rows.
import { z } from 'zod';
import { ALARM_SEVERITIES, alarmSchema } from './alarms.ts';
import { detectionRowSchema } from './detections.ts';
import { timeSchema } from './common.ts';
import { countSchema, namedSchema, pathTextSchema } from './values.ts';

/** Steps of the first run that were left out stand here until they are done. */
export const SETUP_STEPS = ['agents-address', 'mail', 'contacts', 'patterns', 'terms', 'first-vm'] as const;

export const needSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('alarm'), severity: z.enum(ALARM_SEVERITIES), since: timeSchema, alarm: alarmSchema }),
    z.object({
      kind: z.literal('action-failed'),
      severity: z.literal('act'),
      since: timeSchema,
      detection: detectionRowSchema,
    }),
    z.object({
      kind: z.literal('setup'),
      severity: z.literal('watch'),
      since: timeSchema.nullable(),
      step: z.enum(SETUP_STEPS),
    }),
  ])
  .meta({ id: 'Need' });

export const overviewSchema = z
  .object({
    /** At most `NEEDS_MAX`; `needsTotal` has them all. */
    needs: z.array(needSchema),
    needsTotal: countSchema,
    vms: z.object({ protected: countSchema, total: countSchema, running: countSchema }),
    /** Leaves that the last full scans did not look at. */
    notScanned: countSchema,
    detections7Days: countSchema,
    held: countSchema,
    next: z.object({
      patterns: timeSchema.nullable(),
      scan: timeSchema.nullable(),
      scanVm: namedSchema.nullable(),
    }),
    lastDetection: z.object({ time: timeSchema, path: pathTextSchema }).nullable(),
  })
  .meta({ id: 'Overview' });

export const NEEDS_MAX = 100;

export type SetupStep = (typeof SETUP_STEPS)[number];
export type Need = z.infer<typeof needSchema>;
export type Overview = z.infer<typeof overviewSchema>;
