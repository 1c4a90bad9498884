// SPDX-License-Identifier: Apache-2.0
// The vaults of all VMs (AC-8). The files stay on their VMs: restore, delete and fetch are commands, with a result per entry.
import { z } from 'zod';
import { THREAT_KINDS } from '../scan-rows.ts';
import { sha256Schema } from '../identities.ts';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, failureSchema, namedSchema, pathBase64Schema, pathTextSchema } from './values.ts';

/** `missing`: the VM says that it is no longer there (an older image came back, somebody deleted it there). */
export const QUARANTINE_STATES = ['held', 'restoring', 'deleting', 'restored', 'deleted', 'missing'] as const;

/** An entry by itself: the vault's id is unique within its VM alone. */
export const quarantineReferenceSchema = z.strictObject({ vmId: uuidSchema, entry: z.string().min(1).max(64) });

export const quarantineEntrySchema = z
  .object({
    vm: namedSchema,
    entry: z.string(),
    state: z.enum(QUARANTINE_STATES),
    path: pathTextSchema,
    pathBase64: pathBase64Schema,
    threat: z.string(),
    kind: z.enum(THREAT_KINDS),
    bytes: countSchema,
    sha256: sha256Schema.nullable(),
    since: timeSchema,
    keptUntil: timeSchema.nullable(),
    detectionId: uuidSchema.nullable(),
    /** The last command that failed on this entry. */
    error: failureSchema.nullable(),
  })
  .meta({ id: 'QuarantineEntry' });

export const quarantineListQuerySchema = z.object({
  ...pageQuerySchema.shape,
  vm: uuidSchema.optional(),
  threat: z.string().max(512).optional(),
  sha256: sha256Schema.optional(),
  /** Without it: what is held now. */
  state: z.enum(QUARANTINE_STATES).optional(),
  q: z.string().max(512).optional(),
});

/** `usage`: of all that the filter finds. */
export const quarantinePageSchema = pageSchema(quarantineEntrySchema)
  .extend({ usage: z.object({ bytes: countSchema, vms: countSchema }) })
  .meta({ id: 'QuarantinePage' });

export const QUARANTINE_BULK_MAX = 1000;
const entries = z.array(quarantineReferenceSchema).min(1).max(QUARANTINE_BULK_MAX);

export const quarantineRestoreSchema = z
  .strictObject({
    entries,
    /** Absent = the old place. A directory on the VM. */
    directory: pathTextSchema.exactOptional(),
    /** AC-8: else it is taken again. By SHA-256, in the policy of each VM, for all kinds of scan. */
    exception: z
      .strictObject({ reason: z.string().trim().min(1).max(2048), expires: timeSchema.nullable() })
      .exactOptional(),
  })
  .meta({ id: 'QuarantineRestore' });
export const quarantineDeleteSchema = z.strictObject({ entries }).meta({ id: 'QuarantineDelete' });

/** Row by row: a command was queued, or why not. Its result comes by `T/quarantine` and the command. */
export const quarantineResultsSchema = z
  .object({
    results: z.array(
      z.object({
        vmId: uuidSchema,
        entry: z.string(),
        commandId: uuidSchema.nullable(),
        error: failureSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'QuarantineResults' });

/** `password`: the user's own, once more (second confirmation). */
export const quarantineFetchRequestSchema = z
  .strictObject({ vmId: uuidSchema, entry: z.string().min(1).max(64), password: z.string().max(1024) })
  .meta({ id: 'QuarantineFetchRequest' });

/** `ready`: `GET T/quarantine/fetches/{id}/archive` answers with the zip file, encrypted by `archivePassword`. */
export const quarantineFetchSchema = z
  .object({
    id: uuidSchema,
    state: z.enum(['queued', 'sent', 'ready', 'failed', 'expired']),
    fileName: z.string().nullable(),
    bytes: countSchema.nullable(),
    archivePassword: z.string(),
    expiresAt: timeSchema,
    error: failureSchema.nullable(),
  })
  .meta({ id: 'QuarantineFetch' });

/** `downloads`: whether held files may be brought out of their VMs at all. */
export const quarantineSettingsSchema = z.strictObject({ downloads: z.boolean() }).meta({ id: 'QuarantineSettings' });

export type QuarantineSettings = z.infer<typeof quarantineSettingsSchema>;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];
export type QuarantineReference = z.infer<typeof quarantineReferenceSchema>;
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;
export type QuarantinePage = z.infer<typeof quarantinePageSchema>;
export type QuarantineRestore = z.infer<typeof quarantineRestoreSchema>;
export type QuarantineResults = z.infer<typeof quarantineResultsSchema>;
export type QuarantineFetch = z.infer<typeof quarantineFetchSchema>;
