// SPDX-License-Identifier: Apache-2.0
// Pattern releases, who has which, and a tenant's own signatures (PF-4, PF-6).
import { z } from 'zod';
import { releaseFileNameSchema, releaseIdSchema } from '../link/releases.ts';
import { THREAT_KINDS } from '../scan-rows.ts';
import { timeSchema, uuidSchema } from './common.ts';
import { countSchema } from './values.ts';

export const patternReleaseSchema = z
  .object({
    /** Label and hash: the identity that agents report. */
    id: z.string().min(1).max(256),
    label: z.string(),
    state: z.enum(['active', 'imported', 'withdrawn']),
    source: z.string(),
    importedAt: timeSchema,
    importedBy: z.string().nullable(),
    activatedAt: timeSchema.nullable(),
    files: countSchema,
    bytes: countSchema,
    /** VMs of this tenant that have it in force. */
    vms: countSchema,
  })
  .meta({ id: 'PatternRelease' });

export const patternsOverviewSchema = z
  .object({
    releases: z.array(patternReleaseSchema),
    /** VMs whose release is none of the list, and those without any. */
    vmsOther: countSchema,
    vmsNone: countSchema,
    lastCheckAt: timeSchema.nullable(),
  })
  .meta({ id: 'PatternsOverview' });

export const SIGNATURE_KINDS = ['sha256', 'clamav', 'yara'] as const;
export const SIGNATURE_BYTES_MAX = 262_144;

export const signatureRequestSchema = z
  .strictObject({
    kind: z.enum(SIGNATURE_KINDS),
    /** The name of the threat in detections. */
    name: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
    /** A SHA-256, a line of a ClamAV .ndb/.ldb body, or YARA rules. */
    body: z.string().min(1).max(SIGNATURE_BYTES_MAX),
    threatKind: z.enum(THREAT_KINDS).default('other'),
    reason: z.string().trim().max(2048).default(''),
  })
  .meta({ id: 'SignatureRequest' });

export const signatureSchema = z
  .object({
    id: uuidSchema,
    kind: z.enum(SIGNATURE_KINDS),
    name: z.string(),
    body: z.string(),
    threatKind: z.enum(THREAT_KINDS),
    reason: z.string(),
    createdAt: timeSchema,
    createdBy: z.string().nullable(),
    /** `checking` until a scan process has loaded it; `refused` never counts. */
    state: z.enum(['checking', 'active', 'refused']),
    why: z.string().nullable(),
  })
  .meta({ id: 'Signature' });
export const signatureListSchema = z.object({ items: z.array(signatureSchema) }).meta({ id: 'SignatureList' });

export type PatternRelease = z.infer<typeof patternReleaseSchema>;
export type PatternsOverview = z.infer<typeof patternsOverviewSchema>;
export type SignatureRequest = z.input<typeof signatureRequestSchema>;
export type Signature = z.infer<typeof signatureSchema>;

export const releaseListSchema = z.object({ items: z.array(patternReleaseSchema) }).meta({ id: 'ReleaseList' });
export const releaseParamsSchema = z.object({ id: releaseIdSchema });

const label = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,47}$/);

/** Where the files come from (PF-6). `clamav`: the database that is installed on the manager's machine. */
export const releaseImportSchema = z
  .discriminatedUnion('source', [
    z.strictObject({ source: z.literal('directory'), label, directory: z.string().regex(/^\//).max(4_096) }),
    z.strictObject({ source: z.literal('clamav'), label }),
    z.strictObject({ source: z.literal('starter'), label }),
    z.strictObject({
      source: z.literal('upload'),
      label,
      files: z
        .array(
          z.strictObject({
            name: releaseFileNameSchema,
            contentBase64: z.base64(),
          }),
        )
        .min(1)
        .max(100),
    }),
  ])
  .meta({ id: 'ReleaseImport' });
