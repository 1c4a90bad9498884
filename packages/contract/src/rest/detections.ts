// SPDX-License-Identifier: Apache-2.0
// Detections of all VMs: the agent's event, and what became of it since.
import { z } from 'zod';
import { fileIdentitySchema, sha256Schema } from '../identities.ts';
import { ACCESSES } from '../gate/opener.ts';
import { actionRowSchema, ACTIONS, THREAT_KINDS, threatSchema } from '../scan-rows.ts';
import { unscannedLeafSchema } from '../scanner.ts';
import { policyRevisionSchema } from './vms.ts';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, namedSchema, pathBase64Schema, pathTextSchema } from './values.ts';

/** What became of a detection. `none`: nothing was to be done (a scan that only reports). */
export const DETECTION_RESULTS = [
  'cleaned',
  'deleted',
  'quarantined',
  'passed',
  'denied',
  'failed',
  'copy-failed',
  'original-not-deleted',
  'restored',
  'suspected-false-positive',
  'none',
] as const;
export const DETECTION_ORIGINS = ['realtime', 'scheduled', 'manual'] as const;

export const detectionRowSchema = z
  .object({
    id: uuidSchema,
    vm: namedSchema,
    /** By the agent's clock; `receivedAt` by the manager's. */
    time: timeSchema,
    receivedAt: timeSchema,
    origin: z.enum(DETECTION_ORIGINS),
    path: pathTextSchema,
    pathBase64: pathBase64Schema,
    /** The first threat; `threats` of the detail has all. */
    threat: z.string(),
    kind: z.enum(THREAT_KINDS),
    bytes: countSchema,
    sha256: sha256Schema.nullable(),
    /** The action that was planned; null where the scan only reports. */
    action: z.enum(ACTIONS).nullable(),
    result: z.enum(DETECTION_RESULTS),
    quarantineEntry: z.string().nullable(),
  })
  .meta({ id: 'DetectionRow' });

/** The process that opened the file (RT-11). */
export const detectionProcessSchema = z.object({
  pid: z.number().int(),
  /** By the VM's clock; null where it is not known any more. */
  startedAt: timeSchema.nullable(),
  executable: z.string(),
  commandLine: z.string().nullable(),
  user: z.string().nullable(),
  container: z.string().nullable(),
  parents: z.array(z.string()),
});

export const detectionDetailSchema = detectionRowSchema
  .extend({
    threats: z.array(threatSchema),
    /** In at least so many more places of the file. An older manager does not tell. */
    threatsLeftOut: countSchema.default(0),
    trueType: z.string().nullable(),
    file: fileIdentitySchema,
    unscanned: z.array(unscannedLeafSchema),
    /** More members than are listed. */
    unscannedLeftOut: countSchema.default(0),
    /** Its steps: primary and, where that failed, secondary. */
    steps: actionRowSchema.nullable(),
    process: detectionProcessSchema.nullable(),
    /** Real-time's own: how the file was accessed; null where nobody accessed it, or another scan found it. */
    access: z.enum(ACCESSES).nullable(),
    /** Whether that access was refused; null where real-time was not asked. */
    refused: z.boolean().nullable(),
    /** How many accesses it stands for. */
    attempts: countSchema,
    scanId: uuidSchema.nullable(),
    vmZone: z.string().nullable(),
    patternRelease: z.string().nullable(),
    policy: policyRevisionSchema.nullable(),
    policyHash: z.string().nullable(),
    /** JSON pointers into that policy: what put the file into the scan, what chose the action. */
    decidedBy: z.string().nullable(),
    /** VMs of the tenant with the same SHA-256, this one included. */
    sameHashVms: countSchema,
    /** AC-11: who was told, and how that went. */
    notifications: z.array(
      z.object({
        channel: z.enum(['mail', 'webhook']),
        to: z.string(),
        state: z.enum(['waiting', 'sent', 'given-up']),
        at: timeSchema,
      }),
    ),
  })
  .meta({ id: 'DetectionDetail' });

export const detectionListQuerySchema = z.object({
  ...pageQuerySchema.shape,
  vm: uuidSchema.optional(),
  kind: z.enum(THREAT_KINDS).optional(),
  threat: z.string().max(512).optional(),
  action: z.enum(ACTIONS).optional(),
  result: z.enum(DETECTION_RESULTS).optional(),
  /** Those that need a person: failed, copy failed, original not deleted. */
  failed: z.stringbool().optional(),
  origin: z.enum(DETECTION_ORIGINS).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  sha256: sha256Schema.optional(),
  /** Part of path or name of the threat. */
  q: z.string().max(512).optional(),
});
export const detectionPageSchema = pageSchema(detectionRowSchema).meta({ id: 'DetectionPage' });

/** MG-11: who has or had this content. */
export const hashReportSchema = z
  .object({
    sha256: sha256Schema,
    threats: z.array(z.string()),
    firstSeenAt: timeSchema.nullable(),
    lastSeenAt: timeSchema.nullable(),
    detections: countSchema,
    vms: z.array(
      z.object({
        vm: namedSchema,
        detections: countSchema,
        lastSeenAt: timeSchema,
        lastPath: pathTextSchema,
        held: countSchema,
        lastResult: z.enum(DETECTION_RESULTS),
      }),
    ),
  })
  .meta({ id: 'HashReport' });

export type DetectionResult = (typeof DETECTION_RESULTS)[number];
export type DetectionRow = z.infer<typeof detectionRowSchema>;
export type DetectionProcess = z.infer<typeof detectionProcessSchema>;
export type DetectionDetail = z.infer<typeof detectionDetailSchema>;
export type HashReport = z.infer<typeof hashReportSchema>;
