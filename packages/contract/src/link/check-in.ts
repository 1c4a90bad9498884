// SPDX-License-Identifier: Apache-2.0
// The check-in: the agent says how it stands, the manager says what is wanted. A long poll: the answer comes when there is something, or at its end.
import { z } from 'zod';
import { CEILING_GRADES } from '@lazaret/core';
import { REALTIME_STATES } from '../events.ts';
import { sha256Schema } from '../identities.ts';
import { realtimeReportSchema } from '../gate/realtime-report.ts';
import { holderSchema, machineSchema, shownMarkSchema, trustSchema } from './activation.ts';
import { linkCommandSchema } from './commands.ts';
import { LINK_LIMITS } from './limits.ts';
import { releaseIdSchema } from './releases.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

export const runReportSchema = z.object({
  id: z.uuid(),
  origin: z.enum(['realtime', 'scheduled', 'manual']),
  state: z.enum(['running', 'paused']),
  startedAt: time,
  percent: z.number().min(0).max(100).nullable(),
  timeLeftMs: z.number().nonnegative().nullable(),
  files: count,
  bytes: count,
  infected: count,
  /** What is being looked at. */
  path: z.string().max(16_384).nullable(),
});
export type RunReport = z.infer<typeof runReportSchema>;

/** How a VM stands. */
export const vmReportSchema = z.object({
  policy: z.object({
    /** In force. */
    hash: sha256Schema,
    name: z.string().max(200),
    notApplied: z.array(z.object({ path: z.string().max(1_024) })).max(1_000),
    /** A policy of the manager that was not taken: the last good one is in force. */
    refused: z.object({ hash: sha256Schema, code: z.string().max(64), message: z.string().max(4_096) }).nullable(),
  }),
  patterns: z.object({
    /** Null before the first ones: not protected yet (PF-8). */
    release: z.string().max(128).nullable(),
    createdAt: time.nullable(),
    signatures: count,
    /** No patterns but the starter set's and a tenant's own. Absent from agents that do not tell it. */
    starterOnly: z.boolean().optional(),
    checkedAt: time.nullable(),
    /** Code of the last look for newer ones, where it failed. */
    fault: z.string().max(64).nullable(),
  }),
  engine: z.object({ up: z.boolean(), workers: count, workerDeaths: count }),
  /** `off-by-schedule` is no alarm (RT-4); `refused`: another product intercepts (SY-5); `not-available`: an agent that has none. */
  realtime: z.enum([...REALTIME_STATES, 'not-available']),
  /** Absent from agents that do not tell it. */
  realtimeReport: realtimeReportSchema.optional(),
  disk: z.object({ freeBytes: count, totalBytes: count }),
  vault: z.object({ entries: count, bytes: count, bytesMax: count, hash: sha256Schema }),
  /** AC-14: what this VM lets a manager do, and whether its brake holds. Absent from agents that have none. */
  ceiling: z
    .object({
      grade: z.enum(CEILING_GRADES),
      brake: z.object({ reason: z.enum(['per-hour', 'share']), since: time }).nullable(),
    })
    .optional(),
  /** Names of other products that were found (SY-5). */
  otherProducts: z.array(z.string().max(128)).max(32),
  /** Whether the system keeps its clock by the network; null where it does not tell. */
  clockSynchronised: z.boolean().nullable(),
  knock: z.object({
    /** Null: off. */
    port: z.number().int().min(1).max(65_535).nullable(),
    /** Why it does not listen: code and sentence, with the port's owner (SY-7b). */
    fault: z.object({ code: z.string().max(64), message: z.string().max(1_024) }).nullable(),
  }),
  spool: z.object({ epoch: z.uuid(), last: count, acknowledged: count }),
  runs: z.array(runReportSchema).max(8),
});
export type VmReport = z.infer<typeof vmReportSchema>;

export const checkInRequestSchema = z.object({
  time,
  holder: holderSchema,
  /** Null in a report between two polls, and from agents that have none. */
  mark: shownMarkSchema.nullable().default(null),
  machine: machineSchema,
  report: vmReportSchema,
  /** What the agent has got already, whether it could use it or not: the manager answers at once when it wants another. */
  have: z.object({
    policyHash: sha256Schema.nullable(),
    trustHash: sha256Schema,
    /** Commands that it knows; their results may be under way. */
    commands: z.array(z.uuid()).max(1_000),
  }),
  /** 0: a report in between, answered at once. */
  waitMs: z.number().int().min(0).max(LINK_LIMITS.pollMsMax),
});
export type CheckInRequest = z.infer<typeof checkInRequestSchema>;

export const VM_STATES = ['active', 'pending', 'retired'] as const;
export type VmState = (typeof VM_STATES)[number];

export const checkInAnswerSchema = z.object({
  serverTime: time,
  clockDifferenceMs: z.number(),
  /** The policy to be in force; null where the VM is to keep what it has. */
  policyHash: sha256Schema.nullable(),
  release: releaseIdSchema.nullable(),
  commands: z.array(linkCommandSchema).max(LINK_LIMITS.commandsMax),
  trust: trustSchema.nullable(),
  /** The certificate nears its end, or its authority is being replaced. */
  renew: z.boolean(),
  /** The vault's list is another than the one the manager has. */
  wantsVaultList: z.boolean(),
  state: z.enum(VM_STATES),
  /** SY-10b: another VM holds this key and was here before; ask for an identity of your own. */
  clone: z.boolean(),
  /** False: it may be a copy of a VM that lives. Until that is known there are no orders, and nothing that it tells is stored. */
  entrusted: z.boolean().default(true),
  /** The manager keeps the `to` of this call's mark. */
  markTaken: z.boolean().default(false),
  /** Two processes call as this `instance`: take another one, and check in again. */
  takeNewInstance: z.boolean().default(false),
});
export type CheckInAnswer = z.infer<typeof checkInAnswerSchema>;
