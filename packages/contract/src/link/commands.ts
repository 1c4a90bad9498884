// SPDX-License-Identifier: Apache-2.0
// Commands of a manager to one VM. Each has an id, an expiry and a precondition; it is carried out once, even over a crash, and its result is told.
import { z } from 'zod';
import { sha256Schema } from '../identities.ts';

const pathBase64 = z.base64().max(8_192);
const entry = z.string().min(4).max(64);

export const SCAN_COMMAND_KINDS = ['full', 'quick', 'paths'] as const;
export const SCAN_VERBS = ['pause', 'resume', 'cancel'] as const;

const of = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), ...shape });

/** What is to be done. A scan's run has the id of its command. */
export const commandBodySchema = z.discriminatedUnion('kind', [
  of('scan', {
    scope: z.enum(SCAN_COMMAND_KINDS),
    /** Base64 of bytes: a path need not be UTF-8. For `paths` alone. */
    paths: z.array(pathBase64).max(1_000),
  }),
  of('scan-control', { scanId: z.uuid(), verb: z.enum(SCAN_VERBS) }),
  of('update', {}),
  of('explain', { path: pathBase64 }),
  of('diagnostics', {}),
  of('quarantine-list', {}),
  of('quarantine-restore', { entry, to: pathBase64.nullable(), keepEntry: z.boolean() }),
  of('quarantine-delete', { entry }),
  of('quarantine-fetch', { entry }),
]);
export type CommandBody = z.infer<typeof commandBodySchema>;
export type LinkCommandKind = CommandBody['kind'];
export const LINK_COMMAND_KINDS: readonly LinkCommandKind[] = commandBodySchema.options.map(
  ({ shape }) => shape.kind.value,
);

/** Must hold before the command is carried out; until it expires the agent waits for it. Null = does not matter. */
export const preconditionSchema = z.object({
  /** The policy in force: a file restored with an exception must not come back before the exception. */
  policyHash: sha256Schema.nullable(),
  /** Content of the vault's entry. A mismatch is refused at once, not waited for. */
  entrySha256: sha256Schema.nullable(),
});
export type Precondition = z.infer<typeof preconditionSchema>;

export const linkCommandSchema = z.object({
  id: z.uuid(),
  expires: z.iso.datetime(),
  precondition: preconditionSchema,
  /** Who ordered it, as the manager knows the person or token; null: the manager itself, or one that does not tell. */
  orderedBy: z.string().max(320).nullable().default(null),
  body: commandBodySchema,
});
export type LinkCommand = z.infer<typeof linkCommandSchema>;

/** `refused`: not carried out (expired, a precondition that does not hold); `failed`: tried. `code` is of the catalogue. */
export const commandResultSchema = z.object({
  outcome: z.enum(['done', 'failed', 'refused']),
  code: z.string().max(64).nullable(),
  message: z.string().max(4_096).nullable(),
  /** What the kind of command answers; null where it has nothing to say. */
  value: z.unknown(),
});
export type CommandResult = z.infer<typeof commandResultSchema>;
