// SPDX-License-Identifier: Apache-2.0
// VMs: link, protection and settings are three facts; nothing merges them to one "health". Offline VMs keep their last-known values, dated.
import { z } from 'zod';
import { REALTIME_STATES } from '../events.ts';
import { realtimeCountsSchema } from '../gate/realtime-report.ts';
import { NOT_COVERED_WHYS, REALTIME_WHYS } from '../gate/realtime-whys.ts';
import { UNSCANNED_REASONS } from '../scanner.ts';
import { ALARM_KINDS } from './alarms.ts';
import { scanStateSchema } from './scans.ts';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, namedSchema, pathTextSchema } from './values.ts';

export const LINK_STATES = ['online', 'offline', 'never-activated', 'pending', 'retired', 'unknown'] as const;
/**
 * `degraded`: real-time can only notify, or does not run although the policy wants it; `why` says which. `not-protected-yet`: no patterns so far.
 * `starter-only`: all runs, but with the small starter set of patterns. `off-by-policy`: real-time is switched off by the policy, which is no fault.
 */
export const PROTECTION_STATES = [
  'protected',
  'starter-only',
  'not-protected-yet',
  'off',
  'off-by-policy',
  'off-by-schedule',
  'degraded',
  'unknown',
] as const;
export const SETTINGS_STATES = ['applied', 'applying', 'not-applied', 'unknown'] as const;

const stateCounts = <T extends string>(states: readonly T[]) => z.record(z.enum(states), countSchema);

/** One revision of a policy, by number and hash. */
export const policyRevisionSchema = z
  .object({ policyId: uuidSchema, name: z.string(), revision: z.number().int().positive(), hash: z.string() })
  .meta({ id: 'PolicyRevision' });

export const SCOPE_PATHS_MAX = 20;

/** Where a kind of scan looks. `paths`: the first directories of a list; none where it is everywhere. */
export const scanScopeSchema = z
  .object({
    directories: z.enum(['all', 'list']),
    paths: z.array(pathTextSchema).max(SCOPE_PATHS_MAX),
    morePaths: countSchema,
    files: z.enum(['all', 'intelliscan', 'extensions']),
    exceptions: countSchema,
  })
  .meta({ id: 'ScanScope' });

/** What protects, by the policy that the VM has in force; null a kind of scan that it has switched off. */
const protects = z.object({ realtime: scanScopeSchema.nullable(), scheduled: scanScopeSchema.nullable() });

const coverage = z.object({ lookedAt: countSchema, all: countSchema });

/** A VM in lists. */
export const vmSchema = z
  .object({
    id: uuidSchema,
    name: z.string(),
    group: namedSchema.nullable(),
    link: z.object({ state: z.enum(LINK_STATES), lastSeenAt: timeSchema.nullable() }),
    /** `why`: a code of the catalogue, or `realtime.` and real-time's own word, where there is something to tell. */
    protection: z.object({ state: z.enum(PROTECTION_STATES), why: z.string().nullable() }),
    settings: z.object({
      state: z.enum(SETTINGS_STATES),
      desired: policyRevisionSchema.nullable(),
      /** What the agent has in force; `revision` null where it is none of ours any more. */
      applied: z.object({ hash: z.string(), revision: z.number().int().positive().nullable() }).nullable(),
    }),
    /** Null: the VM has a policy of its own, or none of ours any more. */
    protects: protects.nullable(),
    /** `starterOnly`: no more than the small set that comes with Lazaret, and a tenant's own signatures. */
    patterns: z.object({
      release: z.string().nullable(),
      since: timeSchema.nullable(),
      signatures: countSchema.nullable(),
      starterOnly: z.boolean(),
    }),
    system: z.object({
      os: z.string().nullable(),
      kernel: z.string().nullable(),
      agentVersion: z.string().nullable(),
      addresses: z.array(z.string()),
      /** IANA name of the VM's own zone. */
      zone: z.string().nullable(),
    }),
    /** Open alarms of this VM. */
    alarms: z.array(z.enum(ALARM_KINDS)),
    runningScanId: uuidSchema.nullable(),
    lastScan: z
      .object({ scanId: uuidSchema, endedAt: timeSchema, state: scanStateSchema, coverage: coverage.nullable() })
      .nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'Vm' });

/** A mount point of the VM, or an entry of its policy's list, and whether real-time covers it (LM-8, RT-8). `detail`: what the kernel said. */
export const vmMountSchema = z.object({
  path: pathTextSchema,
  fileSystemType: z.string(),
  covered: z.boolean(),
  why: z.enum(NOT_COVERED_WHYS).nullable(),
  detail: z.string().nullable(),
});

/** Real-time as the agent last told it. `more…`: mounts that are not in `mounts` one by one. Counts are since its gate began. */
export const vmRealtimeSchema = z.object({
  state: z.enum([...REALTIME_STATES, 'not-available']),
  why: z.enum(REALTIME_WHYS).nullable(),
  detail: z.string().nullable(),
  moreWatching: countSchema,
  moreNotCovered: countSchema,
  counts: realtimeCountsSchema.nullable(),
});

/** A VM with all that its page shows. */
export const vmDetailSchema = vmSchema
  .extend({
    /** SY-10b: where a second holder of a key came from. */
    origin: z
      .object({ cloneOf: namedSchema, addresses: z.array(z.string()), machineId: z.string().nullable() })
      .nullable(),
    clockOffsetMs: z.number().nullable(),
    disk: z.object({ freeBytes: countSchema, totalBytes: countSchema }).nullable(),
    memoryBytes: countSchema.nullable(),
    otherAntiVirus: z.array(z.string()),
    /** SY-7: `port` while it listens; `fault`: why it does not though the policy wants it, with the program that has the port. */
    knock: z
      .object({
        port: z.number().int().nullable(),
        state: z.enum(['listening', 'off', 'taken', 'failed']),
        fault: z.object({ code: z.string(), message: z.string() }).nullable(),
      })
      .nullable(),
    /** Pointers into the policy that this agent does not know. */
    notApplied: z.array(z.string()),
    /** Of the last full scan: what was not looked at, by reason. */
    coverage: z
      .object({
        lookedAt: countSchema,
        all: countSchema,
        unscanned: z.partialRecord(z.enum(UNSCANNED_REASONS), countSchema),
        excepted: countSchema,
        scanId: uuidSchema,
        at: timeSchema,
      })
      .nullable(),
    mounts: z.array(vmMountSchema),
    realtime: vmRealtimeSchema.nullable(),
    vault: z.object({ entries: countSchema, bytes: countSchema, bytesMax: countSchema }).nullable(),
    certificate: z.object({ notAfter: timeSchema, serial: z.string() }).nullable(),
    acceptedAt: timeSchema.nullable(),
    retiredAt: timeSchema.nullable(),
  })
  .meta({ id: 'VmDetail' });

export const vmListQuerySchema = z.object({
  ...pageQuerySchema.shape,
  state: z.enum(LINK_STATES).optional(),
  protection: z.enum(PROTECTION_STATES).optional(),
  settings: z.enum(SETTINGS_STATES).optional(),
  policy: uuidSchema.optional(),
  group: uuidSchema.optional(),
  alarm: z.enum(ALARM_KINDS).optional(),
  release: z.string().max(256).optional(),
  /** Part of the name or an address. */
  q: z.string().max(256).optional(),
  sort: z.enum(['name', '-name', 'lastSeenAt', '-lastSeenAt', 'createdAt', '-createdAt']).default('name'),
});

/** The counts are by the same filter without `state`, `protection`, `settings`: so each number is a filter to click. */
export const vmPageSchema = pageSchema(vmSchema)
  .extend({
    counts: z.object({
      link: stateCounts(LINK_STATES),
      protection: stateCounts(PROTECTION_STATES),
      settings: stateCounts(SETTINGS_STATES),
    }),
  })
  .meta({ id: 'VmPage' });

export const vmPatchSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(253).exactOptional(),
    policyId: uuidSchema.exactOptional(),
    groupId: uuidSchema.nullable().exactOptional(),
  })
  .meta({ id: 'VmPatch' });

/** One event of the agent, as its page lists it (`GET T/vms/{id}/events`). */
export const vmEventSchema = z
  .object({ id: uuidSchema, time: timeSchema, type: z.string(), body: z.record(z.string(), z.unknown()) })
  .meta({ id: 'VmEvent' });
export const vmEventPageSchema = pageSchema(vmEventSchema).meta({ id: 'VmEventPage' });

export type LinkState = (typeof LINK_STATES)[number];
export type ProtectionState = (typeof PROTECTION_STATES)[number];
export type SettingsState = (typeof SETTINGS_STATES)[number];
export type Vm = z.infer<typeof vmSchema>;
export type ScanScope = z.infer<typeof scanScopeSchema>;
export type VmDetail = z.infer<typeof vmDetailSchema>;
export type VmPage = z.infer<typeof vmPageSchema>;
export type VmPatch = z.infer<typeof vmPatchSchema>;
export type VmEvent = z.infer<typeof vmEventSchema>;
