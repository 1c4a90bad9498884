// SPDX-License-Identifier: Apache-2.0
// What the scan process answers. It parses hostile bytes, so its answers are foreign bytes too: the agent checks each with this schema.
import { z } from 'zod';

const layers = z.array(z.string().max(65_536)).max(64);

export const UNSCANNED_REASONS = [
  'encrypted',
  'password',
  'corrupted',
  'unsupported-compression',
  'layers',
  'size',
  'engine-limit',
  'structure-ambiguous',
  'engine-failure',
  'time',
  'unreadable',
  'special',
  'network',
  'changed',
] as const;

/** One leaf that was not looked at. */
export const unscannedLeafSchema = z.object({
  reason: z.enum(UNSCANNED_REASONS),
  layers,
  layersBase64: layers.optional(),
  bytes: z.number().int().nonnegative().nullable(),
});

/** One threat as the engine names it; the kind comes from the release's prefix table. */
export const scannerThreatSchema = z.object({
  name: z.string().min(1).max(512),
  engine: z.enum(['clamav', 'yara']),
  layers,
  layersBase64: layers.optional(),
});

/**
 * A file may have more than can be told one by one. `threatsLeftOut`: at least so many more places of the threats that are told. `unscannedLeftOut`: exactly
 * so many more members that were not looked at.
 */
export const leftOutFields = {
  threatsLeftOut: z.number().int().nonnegative().optional(),
  unscannedLeftOut: z.partialRecord(z.enum(UNSCANNED_REASONS), z.number().int().nonnegative()).optional(),
};

/** The final answer to one file. `out-of-scope`: its true type is not in the request's type rule (RT-3). */
export const scannerAnswerSchema = z.object({
  verdict: z.enum(['infected', 'clean', 'partly', 'out-of-scope']),
  threats: z.array(scannerThreatSchema),
  unscanned: z.array(unscannedLeafSchema),
  trueType: z.string().max(64),
  bytes: z.number().int().nonnegative(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  coverage: z.object({ lookedAt: z.number().int().nonnegative(), all: z.number().int().nonnegative() }),
  ...leftOutFields,
  /** From the gate: so many threats are not told at all. */
  namesLeftOut: z.number().int().nonnegative().optional(),
  timeMs: z.number().nonnegative(),
});

export type ScannerAnswer = z.infer<typeof scannerAnswerSchema>;
