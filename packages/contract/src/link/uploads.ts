// SPDX-License-Identifier: Apache-2.0
// The spool's way to the manager. A batch is NDJSON: all events of one epoch that the agent has behind `after`, oldest first. The manager keeps the last
// sequence of each epoch and moves it in the batch's own transaction: a batch that comes twice, or late, changes nothing twice (exactly once).
import { z } from 'zod';

export const batchQuerySchema = z.object({
  epoch: z.uuid(),
  /** The batch holds all that the agent has behind this sequence; what is missing in between is gone for good. */
  after: z.coerce.number().int().nonnegative(),
});

/** `acknowledged`: the last sequence that is stored; the agent goes on behind it, whatever it had sent. */
export const batchAnswerSchema = z.object({
  acknowledged: z.number().int().nonnegative(),
  /** Nothing was stored: what stands before `after` has not come yet. */
  outOfOrder: z.boolean(),
  /** Events that could not be read: kept as they came, without effect. */
  malformed: z.number().int().nonnegative(),
});
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;

/** Vault's entries, as `lazaret quarantine list --json` shows them. */
export const vaultEntrySchema = z.discriminatedUnion('state', [
  z.object({
    id: z.string().max(64),
    state: z.enum(['complete', 'original-not-deleted']),
    path: z.string().max(16_384),
    pathBase64: z.string().max(16_384).exactOptional(),
    takenAt: z
      .string()
      .max(64)
      .refine((text) => !Number.isNaN(Date.parse(text)), 'is no time'),
    bytes: z.number().int().nonnegative(),
    /** Null where its holes are too large for one. */
    sha256: z.string().max(64).nullable(),
    owner: z.object({ uid: z.number(), gid: z.number() }),
    mode: z.string().max(8),
    names: z.object({ known: z.number(), of: z.number() }),
    attributes: z.number(),
    threats: z.array(z.object({ name: z.string().max(1_024), kind: z.string().max(64), layers: z.array(z.string()) })),
    patternRelease: z.string().max(128).nullable(),
  }),
  z.object({
    id: z.string().max(64),
    state: z.literal('damaged'),
    bytes: z.number().int().nonnegative(),
    code: z.string().max(64),
    why: z.string().max(4_096),
  }),
]);
export type VaultEntry = z.infer<typeof vaultEntrySchema>;

export const vaultListSchema = z.object({
  /** Over the list itself: the manager asks for it when the one that it has is another. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  entries: z.array(vaultEntrySchema).max(10_000),
});
export type VaultList = z.infer<typeof vaultListSchema>;
