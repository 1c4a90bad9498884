// SPDX-License-Identifier: Apache-2.0
// The policy as foreign bytes bring it (YAML or JSON, already parsed). A partial one is laid over the defaults field by field; a list, a scope,
// an action, a schedule replaces the default's whole. Strict on every field we know; what becomes of one that we do not know: policy-check.ts.
import {
  defaultPolicy,
  type Exception,
  findActionFaults,
  findExceptionFaults,
  findFileScopeFaults,
  findListFaults,
  findRangeFaults,
  findTargetPathFaults,
  findUnscannedFaults,
  type LimitRange,
  POLICY_PATH_LENGTH_MAX,
  type Policy,
  type RangedSetting,
  RULED_REASONS,
  SCAN_LIMIT_RANGES,
  type ScanKind,
  type ScanLimits,
  type ScheduleRules,
  SETTING_RANGES,
  UNSCANNED_ACTIONS,
} from '@lazaret/core';
import { z } from 'zod';
import { reportFaults } from '../check.ts';
import { scheduleSchema, weekScheduleSchema } from './schedule-schema.ts';

/** The schema of a policy document that is written here. A greater one is of a newer Lazaret. */
export const POLICY_VERSION = 1;

/** How many entries one list of a policy may have. */
export const POLICY_LIST_MAX = 10_000;

const path = z.string().min(1).max(POLICY_PATH_LENGTH_MAX);
const load = z.enum(['low', 'medium', 'high']);

/** Each entry is checked by itself, so that one of the wrong shape does not hide the faults of the others. */
const directoryEntry = z.strictObject({
  path: path.superRefine((value, context) => reportFaults(context, findTargetPathFaults(value, ''))),
  subdirectories: z.boolean().default(true),
});

const directoryScope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({
      kind: z.literal('list'),
      entries: z.array(directoryEntry).max(POLICY_LIST_MAX),
    }),
  ])
  .superRefine((value, context) => reportFaults(context, findListFaults(value)));

const fileScope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('intelliscan') }),
    z.strictObject({ kind: z.literal('extensions'), extensions: z.array(z.string().max(255)).max(POLICY_LIST_MAX) }),
  ])
  .superRefine((value, context) => reportFaults(context, findFileScopeFaults(value)));

const actionSetting = (kind: ScanKind) =>
  z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('recommended') }),
      z.strictObject({ kind: z.literal('custom'), primary: z.enum(['delete', 'clean', 'pass', 'deny', 'quarantine']) }),
    ])
    .superRefine((value, context) => reportFaults(context, findActionFaults(value, kind)));

/** Loose, not strict: a condition that we do not know may make an exception narrower, so the whole exception rests (matchFieldOf in core). */
const exception = z
  .looseObject({
    match: z.looseObject({
      directory: path.exactOptional(),
      file: path.exactOptional(),
      extension: z.string().max(255).exactOptional(),
      sha256: z.string().max(64).exactOptional(),
      pattern: z.string().max(512).exactOptional(),
      process: path.exactOptional(),
      programSha256: z.string().max(64).exactOptional(),
      user: z.string().max(64).exactOptional(),
      unit: z.string().max(256).exactOptional(),
    }),
    author: z.string().max(256).exactOptional(),
    reason: z.string().max(2048).exactOptional(),
    expires: z.string().max(64).exactOptional(),
  })
  .superRefine((value, context) => reportFaults(context, findExceptionFaults(value as Exception)));

const limits = (kind: ScanKind) => {
  const fallback = defaultPolicy[kind].limits;
  const ranged = (name: keyof ScanLimits) => rangedNumber(SCAN_LIMIT_RANGES[name], fallback[name]);
  return z
    .strictObject({
      compressionLayersMax: ranged('compressionLayersMax'),
      memberBytesMax: ranged('memberBytesMax'),
      membersMax: ranged('membersMax'),
      fileTimeMs: ranged('fileTimeMs'),
    })
    .prefault({});
};

/** The range stands in the JSON Schema, for editors; the check is core's, which says it with a code of its own. */
function rangedNumber(range: LimitRange, fallback: number) {
  return z
    .number()
    .meta({ type: 'integer', minimum: range.min, maximum: range.max })
    .superRefine((value, context) => reportFaults(context, findRangeFaults(value, range, '')))
    .default(fallback);
}

const setting = (pointer: RangedSetting, fallback: number) => rangedNumber(SETTING_RANGES[pointer], fallback);

const unscannedRule = (kind: ScanKind) =>
  z
    .strictObject({
      reasons: z.array(z.enum(RULED_REASONS)).min(1).max(RULED_REASONS.length).exactOptional(),
      directory: path.exactOptional(),
      action: z.enum(UNSCANNED_ACTIONS),
    })
    .superRefine((value, context) => reportFaults(context, findUnscannedFaults(value, kind)));

const scanFields = (kind: ScanKind) => ({
  directories: directoryScope.prefault({ kind: 'all' }),
  files: fileScope.prefault({ kind: 'all' }),
  action: actionSetting(kind).prefault({ kind: 'recommended' }),
  exceptions: z.array(exception).max(POLICY_LIST_MAX).default([]),
  limits: limits(kind),
  unscanned: z.array(unscannedRule(kind)).max(POLICY_LIST_MAX).default([]),
});

const made = new Map<string, z.ZodType<Policy>>();

/** The schema of a policy under the provider's rules (SC-5 can be lifted). Made once for each: making it is dearer than a check. */
export function policySchema(rules: Pick<ScheduleRules, 'startWindow'> = {}): z.ZodType<Policy> {
  const key = rules.startWindow ?? 'refused';
  const schema = made.get(key) ?? makePolicySchema(rules);
  made.set(key, schema);
  return schema;
}

function makePolicySchema(rules: Pick<ScheduleRules, 'startWindow'>): z.ZodType<Policy> {
  const { realtime, scheduled, manual, patterns, vault, clamd, agent, name } = defaultPolicy;
  const schema = z.strictObject({
    version: z.int().min(POLICY_VERSION).max(1_000_000).default(POLICY_VERSION),
    name: z.string().min(1).max(200).default(name),
    realtime: z
      .strictObject({
        enabled: z.boolean().default(realtime.enabled),
        ...scanFields('realtime'),
        schedule: weekScheduleSchema.default(realtime.schedule),
        deadlineMs: setting('/realtime/deadlineMs', realtime.deadlineMs),
        onDeadline: z.enum(['allow', 'deny']).default(realtime.onDeadline),
        onOverload: z.enum(['allow', 'deny']).default(realtime.onOverload),
      })
      .prefault({}),
    scheduled: z
      .strictObject({
        enabled: z.boolean().default(scheduled.enabled),
        ...scanFields('scheduled'),
        schedule: scheduleSchema({ purpose: 'scan', ...rules }).default(scheduled.schedule),
        missed: z.enum(['once', 'skip']).default(scheduled.missed),
        spreadMinutes: setting('/scheduled/spreadMinutes', scheduled.spreadMinutes),
        longestRunMinutes: setting('/scheduled/longestRunMinutes', scheduled.longestRunMinutes),
        load: load.default(scheduled.load),
      })
      .prefault({}),
    manual: z.strictObject({ ...scanFields('manual'), load: load.default(manual.load) }).prefault({}),
    patterns: z
      .strictObject({ schedule: scheduleSchema({ purpose: 'update' }).default(patterns.schedule) })
      .prefault({}),
    vault: z
      .strictObject({
        bytesMax: setting('/vault/bytesMax', vault.bytesMax),
        retentionDays: setting('/vault/retentionDays', vault.retentionDays),
        warnAtPercent: setting('/vault/warnAtPercent', vault.warnAtPercent),
      })
      .prefault({}),
    clamd: z.strictObject({ partly: z.enum(['ok', 'found', 'error']).default(clamd.partly) }).prefault({}),
    agent: z
      .strictObject({
        knock: z
          .strictObject({
            enabled: z.boolean().default(agent.knock.enabled),
            port: setting('/agent/knock/port', agent.knock.port),
          })
          .prefault({}),
      })
      .prefault({}),
  });
  return schema as unknown as z.ZodType<Policy>;
}
