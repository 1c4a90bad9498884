// SPDX-License-Identifier: Apache-2.0
// REST: policies with their history, schedules, exceptions over all policies, groups. A policy document is checked by checkPolicy and not by the
// route's schema, so that every fault comes with its own code and pointer.
import type { Policy } from '@lazaret/core';
import { z } from 'zod';
import { policyJsonSchema } from '../policy/policy-json-schema.ts';
import { pageQuerySchema, pageSchema, restFaultSchema, timeSchema, uuidSchema } from './common.ts';
import { namedSchema } from './values.ts';
import { sha256Schema } from '../identities.ts';

const { $schema: _dialect, ...documentJsonSchema } = policyJsonSchema();

/** A policy document: in, a partial one is laid over the defaults; out, it is whole. */
export const policyDocumentSchema: z.ZodType<Policy> = z.unknown().meta({
  id: 'PolicyDocument',
  ...documentJsonSchema,
  description: 'All settings of a VM. What is not given is the default.',
}) as unknown as z.ZodType<Policy>;

/** What somebody sent as a document; nothing is known about it yet. */
const sentDocumentSchema = z.unknown().meta({ id: 'SentPolicyDocument', ...documentJsonSchema });
const commentSchema = z.string().trim().max(2_000);
export const SCAN_KINDS = ['realtime', 'scheduled', 'manual'] as const;

export const policyRowSchema = z
  .object({
    id: uuidSchema,
    name: z.string(),
    isDefault: z.boolean(),
    revision: z.number().int().min(1),
    hash: sha256Schema,
    groups: z.array(namedSchema),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .meta({ id: 'PolicyRow' });
export type PolicyRow = z.infer<typeof policyRowSchema>;
export const policyPageSchema = pageSchema(policyRowSchema);

export const policyViewSchema = policyRowSchema
  .extend({
    document: policyDocumentSchema,
    /** Fields that this version does not know: kept, without effect. */
    notApplied: z.array(restFaultSchema),
  })
  .meta({ id: 'PolicyView' });
export type PolicyView = z.infer<typeof policyViewSchema>;

/** A new policy: from a document, or as a copy of another one under a new name. The copy is checked again, too (SC-5b). */
export const policyCreateSchema = z.union([
  z.strictObject({ document: sentDocumentSchema, comment: commentSchema.optional() }),
  z.strictObject({ copyOf: uuidSchema, name: z.string().min(1).max(200), comment: commentSchema.optional() }),
]);
export const policyUpdateSchema = z.strictObject({
  document: sentDocumentSchema,
  comment: commentSchema.optional(),
  basedOn: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The revision that was edited: refused when there is a newer one.' }),
});

export const policyCheckRequestSchema = z.strictObject({ document: sentDocumentSchema });
export const policyCheckSchema = z
  .object({
    faults: z.array(restFaultSchema),
    notApplied: z.array(restFaultSchema),
    hash: sha256Schema.nullable(),
    document: policyDocumentSchema.nullable(),
  })
  .meta({ id: 'PolicyCheck' });
export type PolicyCheckView = z.infer<typeof policyCheckSchema>;

export const policyRevisionRowSchema = z
  .object({
    revision: z.number().int().min(1),
    hash: sha256Schema,
    author: z.string(),
    comment: z.string().nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'PolicyHistoryRow' });
export const policyRevisionPageSchema = pageSchema(policyRevisionRowSchema);
export const policyRevisionViewSchema = policyRevisionRowSchema
  .extend({ document: policyDocumentSchema })
  .meta({ id: 'PolicyHistoryView' });

export const revisionParamsSchema = z.object({
  tenantId: uuidSchema,
  id: uuidSchema,
  revision: z.coerce.number().int().min(1).max(1_000_000_000),
});
export const diffQuerySchema = z.object({ against: z.coerce.number().int().min(1).max(1_000_000_000) });
export const policyChangeSchema = z
  .object({
    kind: z.enum(['added', 'removed', 'changed']),
    path: z.string().meta({ description: 'JSON pointer; of what was removed, into the older document.' }),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'PolicyChange' });
export type PolicyChange = z.infer<typeof policyChangeSchema>;
export const policyDiffSchema = z.object({ changes: z.array(policyChangeSchema) });

export const nextRunsRequestSchema = z.strictObject({
  schedule: z.unknown(),
  for: z.enum(['scan', 'update', 'realtime']),
  zone: z.string().min(1).max(64).default('UTC').meta({ description: 'Of the VM, where the schedule names none.' }),
  after: timeSchema.optional(),
  count: z.number().int().min(1).max(50).default(5),
});
export const nextRunsSchema = z
  .object({
    next: z.array(timeSchema),
    /** Real-time alone: what each of these moments does. */
    edges: z.array(z.object({ at: timeSchema, kind: z.enum(['start', 'end']) })),
    refusedWindow: z.object({ from: z.string(), to: z.string() }).nullable().meta({
      description: 'Minutes in which no scan may be set to start (SC-5); null where the provider has lifted it.',
    }),
  })
  .meta({ id: 'NextRuns' });

export const exceptionRowSchema = z
  .object({
    id: z.string(),
    policy: namedSchema,
    kind: z.enum(SCAN_KINDS),
    match: z.record(z.string(), z.unknown()),
    author: z.string().nullable(),
    reason: z.string().nullable(),
    expires: z.string().nullable(),
    expired: z.boolean(),
  })
  .meta({ id: 'ExceptionRow' });
export type ExceptionRow = z.infer<typeof exceptionRowSchema>;
export const exceptionPageSchema = pageSchema(exceptionRowSchema);
export const exceptionQuerySchema = pageQuerySchema.extend({
  policy: uuidSchema.optional(),
  kind: z.enum(SCAN_KINDS).optional(),
});
export const exceptionCreateSchema = z.strictObject({
  policyId: uuidSchema,
  kinds: z.array(z.enum(SCAN_KINDS)).min(1).max(3),
  match: z.record(z.string().max(32), z.string().max(4_096)),
  reason: z.string().trim().min(1).max(2_000),
  expires: timeSchema.nullable().default(null),
});
export const exceptionParamsSchema = z.object({ tenantId: uuidSchema, id: z.string().regex(/^[0-9a-f]{32}$/) });

export const groupSchema = z
  .object({ id: uuidSchema, name: z.string(), policy: namedSchema.nullable(), createdAt: timeSchema })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof groupSchema>;
export const groupPageSchema = pageSchema(groupSchema);
export const groupRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  policyId: uuidSchema.nullable().default(null),
});
