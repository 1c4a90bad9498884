// SPDX-License-Identifier: Apache-2.0
// What all routes of the REST API have in common: the error envelope, pages of lists, ids and times (MG-3).
import { z } from 'zod';

/** The tenant of the provider itself: releases, notices and terms that are for all. */
export const PROVIDER_TENANT_ID = '00000000-0000-0000-0000-000000000000';

/** How long a page may be, and how long it is when nobody says. */
export const PAGE_LIMIT_MAX = 500;
export const PAGE_LIMIT_DEFAULT = 50;

/** Any UUID in its usual text form; ours are UUIDv7, the provider's tenant is the nil one. */
export const uuidSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  .meta({ format: 'uuid' });

/** A moment in UTC: `2026-11-25T01:02:03.456Z`, from 1970 on. */
export const timeSchema = z.iso.datetime().regex(/^(19[7-9]\d|[2-9]\d{3})-/);

export const restFaultSchema = z
  .object({ code: z.string(), message: z.string(), path: z.string() })
  .meta({ id: 'Fault', description: 'One fault of a value. `path` is a JSON pointer into what was sent.' });

export const errorEnvelopeSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      path: z.string().optional(),
      faults: z.array(restFaultSchema).optional(),
    }),
  })
  .meta({ id: 'Error', description: 'Every failure. `code` stands in docs/reference/error-codes.md.' });

export type RestFault = z.infer<typeof restFaultSchema>;
export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;

export const tenantParamsSchema = z.object({ tenantId: uuidSchema });

/** Parameters of a route below a tenant with one id. */
export const tenantItemParamsSchema = z.object({ tenantId: uuidSchema, id: uuidSchema });

/** Where a list goes on; opaque to the client. */
export const cursorSchema = z.string().min(1).max(512);

export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: cursorSchema.optional(),
});

export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A page of a list: `next` is the cursor of the next one, null at the end; `total` counts all that the filter finds. */
export function pageSchema<T extends z.ZodType>(item: T): PageSchema<T> {
  return z.object({ items: z.array(item), next: z.string().nullable(), total: z.number().int().min(0) });
}

export type PageSchema<T extends z.ZodType> = z.ZodObject<{
  items: z.ZodArray<T>;
  next: z.ZodNullable<z.ZodString>;
  total: z.ZodNumber;
}>;

/** The topics of `GET …/live`: what to fetch again. */
export const LIVE_TOPICS = [
  'vms',
  'detections',
  'scans',
  'quarantine',
  'policies',
  'alarms',
  'notices',
  'patterns',
  'settings',
] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

export const liveEventSchema = z.object({ topic: z.enum(LIVE_TOPICS), id: z.string().nullable() });
export type LiveEvent = z.infer<typeof liveEventSchema>;

/** The answer of what has nothing to say: status 204. */
export const noContentSchema = z.null().meta({ description: 'Done.' });
