// SPDX-License-Identifier: Apache-2.0
// Scans of all VMs: queued, running with live progress, past with the agent's own report.
import { z } from 'zod';
import { summaryRowSchema } from '../scan-rows.ts';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, failureSchema, namedSchema, pathTextSchema } from './values.ts';

export const SCAN_STATES = [
  'queued',
  'running',
  'paused',
  'done',
  'cancelled',
  'incomplete',
  'skipped',
  'failed',
] as const;
export const scanStateSchema = z.enum(SCAN_STATES);
export const SCAN_SCOPES = ['full', 'quick', 'paths'] as const;

export const scanProgressSchema = z
  .object({
    files: countSchema,
    bytes: countSchema,
    infected: countSchema,
    /** Estimates: null where nothing is known yet. */
    filesExpected: countSchema.nullable(),
    percent: z.number().min(0).max(100).nullable(),
    remainingMs: countSchema.nullable(),
    at: timeSchema,
  })
  .meta({ id: 'ScanProgress' });

export const scanSchema = z
  .object({
    id: uuidSchema,
    vm: namedSchema,
    /** The agent's own id of the run; null until it began. */
    runId: z.string().nullable(),
    origin: z.enum(['scheduled', 'manual']),
    scope: z.enum(SCAN_SCOPES),
    paths: z.array(pathTextSchema),
    state: scanStateSchema,
    /** Why it was skipped or failed, in words of the agent. */
    why: z.string().nullable(),
    requestedBy: z.string().nullable(),
    queuedAt: timeSchema.nullable(),
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    progress: scanProgressSchema.nullable(),
    summary: summaryRowSchema.nullable(),
  })
  .meta({ id: 'Scan' });

export const scanListQuerySchema = z.object({
  ...pageQuerySchema.shape,
  vm: uuidSchema.optional(),
  state: scanStateSchema.optional(),
  /** `open` = queued, running, paused; `ended` = the rest. */
  group: z.enum(['open', 'ended']).optional(),
  origin: z.enum(['scheduled', 'manual']).optional(),
});
export const scanPageSchema = pageSchema(scanSchema).meta({ id: 'ScanPage' });

export const scanRequestSchema = z
  .strictObject({
    vmIds: z.array(uuidSchema).min(1).max(10_000),
    kind: z.enum(SCAN_SCOPES),
    paths: z.array(pathTextSchema).max(1000).default([]),
  })
  .meta({ id: 'ScanRequest' });

/** Bulk work answers row by row. */
export const scanStartedSchema = z
  .object({
    results: z.array(
      z.object({
        vmId: uuidSchema,
        scanId: uuidSchema.nullable(),
        error: failureSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'ScanStarted' });

export type ScanState = (typeof SCAN_STATES)[number];
export type Scan = z.infer<typeof scanSchema>;
export type ScanProgress = z.infer<typeof scanProgressSchema>;
export type ScanRequest = z.input<typeof scanRequestSchema>;
export type ScanStarted = z.infer<typeof scanStartedSchema>;
