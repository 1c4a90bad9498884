// SPDX-License-Identifier: Apache-2.0
// What a running agent answers, checked before it is believed: it may be of another version than this command. What else an answer says is kept, for --json.
import type { QuarantineEntry, QuarantineList, Restored } from '@lazaret/agent';
import { restoreDifferenceSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';

/** Throws `agent.internal` where it is none. */
export function readAnswer<T>(method: string, answer: unknown, schema: z.ZodType<T>): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const why = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
  throw new LazaretError('agent.internal', `The agent's answer to ${method} cannot be read: ${why}.`);
}

const count = z.number().int().nonnegative();

export interface ManifestView {
  readonly id: string;
  readonly source: string;
  readonly createdAt: string;
  readonly loaded: { readonly clamav: number; readonly yara: number } | null;
  readonly leftOut?: readonly { readonly name: string; readonly reason: string }[] | undefined;
}

export const manifestViewSchema: z.ZodType<ManifestView> = z.looseObject({
  id: z.string(),
  source: z.string(),
  createdAt: z.string(),
  loaded: z.looseObject({ clamav: count, yara: count }).nullable(),
  leftOut: z.array(z.looseObject({ name: z.string(), reason: z.string() })).optional(),
});

/** What a look brought: the release that is now in force, and whether it is another than before. */
interface UpdateView {
  readonly outcome: 'nothing-new' | 'taken';
  readonly active: ManifestView;
}

export const updateViewSchema: z.ZodType<UpdateView> = z.looseObject({
  outcome: z.enum(['nothing-new', 'taken']),
  active: manifestViewSchema,
});

interface ActivatedView {
  readonly vmId: string;
  readonly managers: readonly string[];
}

export const activatedSchema: z.ZodType<ActivatedView> = z.looseObject({
  vmId: z.string(),
  managers: z.array(z.string()),
});

/** Without the lengths of the wire to a manager: a path may be as deep as somebody made it, and no entry may hide the others. */
export const entrySchema: z.ZodType<QuarantineEntry> = z.discriminatedUnion('state', [
  z.looseObject({
    id: z.string(),
    state: z.enum(['complete', 'original-not-deleted']),
    path: z.string(),
    pathBase64: z.string().exactOptional(),
    takenAt: z.string(),
    bytes: count,
    sha256: z.string().nullable(),
    owner: z.looseObject({ uid: z.number(), gid: z.number() }),
    mode: z.string(),
    names: z.looseObject({ known: z.number(), of: z.number() }),
    attributes: z.number(),
    threats: z.array(z.looseObject({ name: z.string(), kind: z.string(), layers: z.array(z.string()) })),
    patternRelease: z.string().nullable(),
  }),
  z.looseObject({ id: z.string(), state: z.literal('damaged'), bytes: count, code: z.string(), why: z.string() }),
]);

export const entryListSchema: z.ZodType<QuarantineList> = z.looseObject({
  entries: z.array(entrySchema),
  usage: z.looseObject({ bytes: count, bytesMax: count, percent: z.number(), warning: z.boolean() }),
});

export const restoredSchema: z.ZodType<Restored> = z.looseObject({
  id: z.string(),
  path: z.string(),
  pathBase64: z.string().exactOptional(),
  differences: z.array(restoreDifferenceSchema),
  linked: z.boolean(),
});

export const deletedSchema: z.ZodType<{ readonly id: string }> = z.looseObject({ id: z.string() });
