// SPDX-License-Identifier: Apache-2.0
// Alarms (MG-4): what the manager noticed by itself and clears by itself. One cause is one alarm: a silent site, not its fourteen VMs.
import { z } from 'zod';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, namedSchema } from './values.ts';

export const ALARM_KINDS = [
  'never-activated',
  'not-protected-yet',
  'offline',
  'silent-site',
  'agent-stopped',
  'protection-off',
  'degraded',
  'patterns-old',
  'patterns-refused',
  'policy-not-applied',
  'clock-off',
  'disk-full',
  'vault-nearly-full',
  'quarantine-brake',
  'other-anti-virus',
  'scan-incomplete',
  'clone-pending',
  'certificate-copied',
] as const;

/** `act`: a person is needed now. `watch`: it may heal itself, or can wait. */
export const ALARM_SEVERITIES = ['act', 'watch'] as const;

export const alarmSchema = z
  .object({
    id: uuidSchema,
    kind: z.enum(ALARM_KINDS),
    severity: z.enum(ALARM_SEVERITIES),
    since: timeSchema,
    clearedAt: timeSchema.nullable(),
    /** Null for an alarm of more than one VM (a site). */
    vm: namedSchema.nullable(),
    vmCount: countSchema,
    /** The site gone quiet: its group or network. */
    site: z.string().nullable(),
    /** Figures of the alarm: `hours`, `offsetMs`, `freeBytes`, `product`, `code` … */
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    acknowledged: z.object({ by: z.string(), at: timeSchema }).nullable(),
  })
  .meta({ id: 'Alarm' });

export const alarmListQuerySchema = z.object({
  ...pageQuerySchema.shape,
  vm: uuidSchema.optional(),
  kind: z.enum(ALARM_KINDS).optional(),
  state: z.enum(['open', 'cleared']).default('open'),
});
export const alarmPageSchema = pageSchema(alarmSchema).meta({ id: 'AlarmPage' });

export type AlarmKind = (typeof ALARM_KINDS)[number];
export type AlarmSeverity = (typeof ALARM_SEVERITIES)[number];
export type Alarm = z.infer<typeof alarmSchema>;
