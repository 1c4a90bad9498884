// SPDX-License-Identifier: Apache-2.0
// What `lazaret realtime --json` prints: NDJSON, each line as it happens. docs/reference/realtime-json.md tells it to people.
import { z } from 'zod';
import { letThroughSchema, REALTIME_STATES } from '../events.ts';
import { sha256Schema } from '../identities.ts';
import { ACCESSES, openerSchema } from './opener.ts';
import { actionRowSchema, threatSchema } from '../scan-rows.ts';

const time = z.iso.datetime();

/** A mounted file system, or a directory entry that leads nowhere yet. `why`: why it is not covered. */
const placeSchema = z.object({
  mountPoint: z.string(),
  fileSystemType: z.string(),
  device: z.string().nullable(),
  /** Number of the mount namespace. */
  namespace: z.string().nullable(),
  why: z.string().nullable(),
});

const stretch = { time, cause: z.string(), from: time, to: time };
const { letThrough, cause, answered, path, pathBase64, file, access, opener, waitedMs, scanned } =
  letThroughSchema.shape;
const passed = { time, letThrough, cause, answered, path, pathBase64, file, access, opener, waitedMs };

export const realtimeLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), watching: z.array(placeSchema), notCovered: z.array(placeSchema) }),
  z.object({ type: z.literal('state'), time, state: z.enum(REALTIME_STATES), reason: z.string().nullable() }),
  z.object({
    type: z.literal('detection'),
    time,
    path: z.string(),
    pathBase64: z.string().optional(),
    threats: z.array(threatSchema).min(1),
    sha256: sha256Schema.nullable(),
    action: actionRowSchema.nullable(),
    decidedBy: z.string(),
    access: z.enum(ACCESSES).optional(),
    refused: z.boolean(),
    opener: openerSchema.nullable(),
    attempts: z.number().int().positive(),
  }),
  z.object({ type: z.literal('let-through'), ...passed, scanned: z.null() }),
  z.object({ type: z.literal('followed-up'), ...passed, scanned: scanned.unwrap() }),
  z.object({ type: z.literal('gap'), ...stretch }),
  z.object({ type: z.literal('missed'), ...stretch }),
  z.object({ type: z.literal('dropped'), lines: z.number().int().positive() }),
]);

export type RealtimeLine = z.infer<typeof realtimeLineSchema>;
