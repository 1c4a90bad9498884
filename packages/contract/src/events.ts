// SPDX-License-Identifier: Apache-2.0
// Events of an agent: an envelope that is the same for all, and a body by type. They are kept in the spool as NDJSON and travel to a manager in
// that form. Exactly once: a receiver keeps the last sequence of each epoch. An agent that lost its state begins a new epoch.
import { z } from 'zod';
import { decidedBySchema, fileIdentitySchema, sha256Schema } from './identities.ts';
import { actionRowSchema, summaryRowSchema, threatSchema } from './scan-rows.ts';
import { unscannedLeafSchema } from './scanner.ts';

export const EVENT_SCHEMA = 'lazaret.event/1';

const count = z.number().int().nonnegative();
const runId = z.string().min(1).max(64);
const origin = z.enum(['realtime', 'scheduled', 'manual']);

/** What every event has. `time` is the agent's clock in UTC; `bootId` and `monotonicMs` order events even when that clock was moved. */
const envelope = {
  schema: z.literal(EVENT_SCHEMA),
  id: z.uuidv7(),
  epoch: z.uuid(),
  sequence: z.number().int().positive(),
  time: z.iso.datetime(),
  bootId: z.uuid(),
  monotonicMs: count,
  policyHash: sha256Schema.nullable(),
  patternRelease: z.string().max(128).nullable(),
  /** The rule of the policy that led to the event; null where none did. */
  decidedBy: decidedBySchema.nullable(),
};

export const eventEnvelopeSchema = z.looseObject({ ...envelope, type: z.string().min(1).max(64) });

/** Whom a detection's notification is for is decided elsewhere; that and why it is one is decided here (AC-3…AC-7). */
export const ACTION_EVENTS = ['detected', 'secondary-failed', 'copy-failed', 'original-not-deleted'] as const;

/** A detection: what, where, which object, by which rule, what was done. */
export const detectionSchema = z.object({
  ...envelope,
  type: z.literal('detection'),
  runId,
  path: z.string(),
  pathBase64: z.string().optional(),
  file: fileIdentitySchema,
  bytes: count,
  sha256: sha256Schema.nullable(),
  trueType: z.string().nullable(),
  threats: z.array(threatSchema).min(1),
  unscanned: z.array(unscannedLeafSchema).optional(),
  action: actionRowSchema.nullable(),
  notifyEvent: z.enum(ACTION_EVENTS).nullable(),
});

const runStarted = z.object({
  ...envelope,
  type: z.literal('run.started'),
  runId,
  origin,
  scope: z.enum(['policy', 'paths', 'quick']),
  resumed: z.boolean(),
});

/** SC-8: a scheduled run that met another one. */
const runSkipped = z.object({ ...envelope, type: z.literal('run.skipped'), origin, why: z.string().max(512) });

/** The report of a run: the summary that the command line prints, and its run. */
export const scanReportSchema = z.object({
  ...envelope,
  type: z.literal('run.ended'),
  runId,
  origin,
  summary: summaryRowSchema,
});

/** Events that the spool had to drop at its cap: never silent. */
const gap = z.object({ ...envelope, type: z.literal('gap'), lostFrom: count, lostTo: count });

export const eventSchema = z.discriminatedUnion('type', [
  detectionSchema,
  runStarted,
  runSkipped,
  scanReportSchema,
  gap,
]);

export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
export type Detection = z.infer<typeof detectionSchema>;
export type ScanReport = z.infer<typeof scanReportSchema>;
export type AgentEvent = z.infer<typeof eventSchema>;
