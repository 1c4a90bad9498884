// SPDX-License-Identifier: Apache-2.0
// Events of an agent: an envelope that is the same for all, and a body by type. They are kept in the spool as NDJSON and travel to a manager in
// that form. Exactly once: a receiver keeps the last sequence of each epoch. An agent that lost its state begins a new epoch.
import { z } from 'zod';
import { LET_THROUGH_CAUSES } from './gate/gate.ts';
import { decidedBySchema, fileIdentitySchema, sha256Schema } from './identities.ts';
import { ACCESSES, openerSchema } from './gate/opener.ts';
import { REALTIME_WHYS } from './gate/realtime-whys.ts';
import { actionRowSchema, summaryRowSchema, threatSchema } from './scan-rows.ts';
import { leftOutFields, UNSCANNED_REASONS, unscannedLeafSchema } from './scanner.ts';

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

/** `off-by-schedule` is no alarm (RT-4). `degraded`: files are scanned, but opens are not held, or not at all; the reason says which. */
export const REALTIME_STATES = ['on', 'off', 'off-by-schedule', 'degraded', 'starting', 'refused'] as const;
export const GAP_CAUSES = ['supervisor-died', 'gate-died', 'overflow'] as const;

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
  ...leftOutFields,
  action: actionRowSchema.nullable(),
  notifyEvent: z.enum(ACTION_EVENTS).nullable(),
  /** Real-time's own (RT-11): how the file was accessed, whether that was refused, and by which process; null = it is not known any more. */
  access: z.enum(ACCESSES).optional(),
  refused: z.boolean().optional(),
  opener: openerSchema.nullable().optional(),
  /** How many accesses the event stands for; absent = 1. */
  attempts: z.number().int().positive().optional(),
});

/** RT-9b: an open that was answered before the file was scanned. A second event of the same `letThrough` tells what the scan found. */
export const letThroughSchema = z.object({
  ...envelope,
  type: z.literal('realtime.let-through'),
  letThrough: z.uuid(),
  cause: z.enum(LET_THROUGH_CAUSES),
  answered: z.enum(['allow', 'deny']),
  path: z.string().nullable(),
  pathBase64: z.string().optional(),
  /** Null: nothing more is known of it than its path. */
  file: fileIdentitySchema.nullable(),
  access: z.enum(ACCESSES),
  opener: openerSchema.nullable(),
  waitedMs: z.number().nonnegative(),
  /** Null in the first event. `gone`: nothing is there to be scanned any more. `failed`: it could not be opened or scanned. */
  scanned: z
    .object({
      verdict: z.enum(['infected', 'clean', 'partly', 'excepted', 'gone', 'failed']),
      afterMs: count,
      /** Of `partly`: why not all was looked at. */
      reasons: z.array(z.enum(UNSCANNED_REASONS)).max(UNSCANNED_REASONS.length).optional(),
    })
    .nullable(),
});

/** RT-9d: a time in which nobody saw what changed; it is walked. `supervisor-died` alone was a time without protection. */
const realtimeGap = z.object({
  ...envelope,
  type: z.literal('realtime.gap'),
  cause: z.enum(GAP_CAUSES),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});

/** Each change of real-time's state; RT-8: what it does not cover. */
const realtimeState = z.object({
  ...envelope,
  type: z.literal('realtime.state'),
  state: z.enum(REALTIME_STATES),
  reason: z.string().max(1_024).nullable(),
  /** The same as a word; absent from agents that do not tell it. */
  why: z.enum(REALTIME_WHYS).nullable().optional(),
  notCovered: z
    .array(
      z.object({
        mountPoint: z.string().max(8_192),
        fileSystemType: z.string().max(128),
        why: z.string().max(512).nullable(),
      }),
    )
    .max(256),
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

/** A schedule came due (SC-8): `skip` = it was missed, and the policy says so; `skipped` counts the missed runs before it. */
const scheduleDue = z.object({
  ...envelope,
  type: z.literal('schedule.due'),
  purpose: z.enum(['scan', 'update']),
  kind: z.enum(['run', 'skip']),
  planned: z.iso.datetime(),
  skipped: count,
});

/** The clock had stood ahead and was put back: what comes due is decided anew from `now`, not only behind `decided`. */
const clockBack = z.object({
  ...envelope,
  type: z.literal('schedule.clock-back'),
  purpose: z.enum(['scan', 'update']),
  decided: z.iso.datetime(),
  now: z.iso.datetime(),
});

/** A scheduled run that could not be made. `code`: of the catalogue. */
const runFailed = z.object({ ...envelope, type: z.literal('run.failed'), planned: z.iso.datetime(), code: z.string() });

/** PF-1: "nothing new" is recorded too. */
const updateChecked = z.object({
  ...envelope,
  type: z.literal('update.checked'),
  outcome: z.enum(['nothing-new', 'taken', 'failed']),
  release: z.string(),
  before: z.string().optional(),
  code: z.string().optional(),
});

const policyApplied = z.object({ ...envelope, type: z.literal('policy.applied'), hash: sha256Schema });

/** A policy that was not taken: the last good one stays in force. */
const policyRefused = z.object({
  ...envelope,
  type: z.literal('policy.refused'),
  code: z.string(),
  message: z.string(),
});

const entry = z.string().min(1).max(64);
/** Who ordered it at the manager; absent: somebody on the VM itself. */
const orderedBy = z.string().max(320).nullish();

/**
 * What of a restored file is not as it was held. `detail`: of what – an attribute's name, or what was held and what stands now.
 * `older-entry`: the version that took it wrote down less. `hard-links`: it was one of several names of a file.
 */
export const RESTORE_DIFFERENCES = [
  'owner',
  'mode',
  'modification-time',
  'access-time',
  'attribute',
  'attribute-added',
  'flags',
  'project',
  'extent-size',
  'allocation',
  'hard-links',
  'older-entry',
] as const;

export const restoreDifferenceSchema = z.object({
  what: z.enum(RESTORE_DIFFERENCES),
  detail: z.string().max(512),
});
export type RestoreDifference = Readonly<z.infer<typeof restoreDifferenceSchema>>;
/** More than there can be: of the attributes twenty are named, and the rest is a number. */
export const RESTORE_DIFFERENCES_MAX = 64;

/** AC-8: an entry of the vault went back to the disk, or away. */
const quarantineRestored = z.object({
  ...envelope,
  type: z.literal('quarantine.restored'),
  entry,
  path: z.string(),
  pathBase64: z.string().optional(),
  orderedBy,
  differences: z.array(restoreDifferenceSchema).max(RESTORE_DIFFERENCES_MAX).optional(),
});
const quarantineDeleted = z.object({ ...envelope, type: z.literal('quarantine.deleted'), entry, orderedBy });

/** Something that a person must look at, and that no other event says. */
const alarm = z.object({
  ...envelope,
  type: z.literal('alarm'),
  alarm: z.enum(['scan-incomplete', 'vault-nearly-full', 'quarantine-brake']),
  runId: runId.optional(),
  percent: count.optional(),
});

/** Events that the spool had to drop at its cap: never silent. */
const gap = z.object({ ...envelope, type: z.literal('gap'), lostFrom: count, lostTo: count });

export const eventSchema = z.discriminatedUnion('type', [
  detectionSchema,
  runStarted,
  runSkipped,
  runFailed,
  scanReportSchema,
  scheduleDue,
  clockBack,
  updateChecked,
  policyApplied,
  policyRefused,
  quarantineRestored,
  quarantineDeleted,
  alarm,
  gap,
  letThroughSchema,
  realtimeGap,
  realtimeState,
]);

/** Every type of event. */
export const EVENT_TYPES: readonly AgentEvent['type'][] = eventSchema.options.map(({ shape }) => shape.type.value);

/** The event that says that another, of this envelope, is lost: it has its sequence, for a manager stores them without holes. */
export function gapInPlaceOf(event: { readonly sequence: number }): Record<string, unknown> {
  const { sequence } = event;
  const own = Object.entries(event).filter(([name]) => Object.hasOwn(envelope, name));
  return { ...Object.fromEntries(own), type: 'gap', lostFrom: sequence, lostTo: sequence };
}

export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
export type Detection = z.infer<typeof detectionSchema>;
export type ScanReport = z.infer<typeof scanReportSchema>;
export type LetThrough = z.infer<typeof letThroughSchema>;
export type RealtimeState = (typeof REALTIME_STATES)[number];
export type GapCause = (typeof GAP_CAUSES)[number];
export type AgentEvent = z.infer<typeof eventSchema>;
