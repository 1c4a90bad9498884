// SPDX-License-Identifier: Apache-2.0
// Commands to agents: queued → sent → done or failed. What a toast would claim is only true when the agent's result is here.
import { z } from 'zod';
import { pageSchema, timeSchema, uuidSchema } from './common.ts';
import { failureSchema, pathTextSchema } from './values.ts';

/** How long a command waits for a VM that is off. */
export const COMMAND_HOURS = 24;

export const COMMAND_KINDS = [
  'scan',
  'scan-pause',
  'scan-resume',
  'scan-cancel',
  'update',
  'explain',
  'diagnostics',
  'quarantine-restore',
  'quarantine-delete',
  'quarantine-fetch',
] as const;
export const COMMAND_STATES = ['queued', 'sent', 'done', 'failed', 'expired'] as const;

/** What a person may command directly; the others have routes of their own. */
export const commandRequestSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('scan'),
      scan: z.enum(['full', 'quick', 'paths']),
      paths: z.array(pathTextSchema).max(1000).default([]),
    }),
    z.strictObject({ kind: z.literal('update') }),
    z.strictObject({ kind: z.literal('explain'), path: pathTextSchema }),
    z.strictObject({ kind: z.literal('diagnostics') }),
  ])
  .meta({ id: 'CommandRequest' });

export const commandSchema = z
  .object({
    id: uuidSchema,
    vmId: uuidSchema,
    kind: z.enum(COMMAND_KINDS),
    state: z.enum(COMMAND_STATES),
    createdAt: timeSchema,
    /** Who asked: the name of a user or token; null = the manager itself. */
    createdBy: z.string().nullable(),
    sentAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    expiresAt: timeSchema,
    error: failureSchema.nullable(),
    result: z.unknown(),
  })
  .meta({ id: 'Command' });
export const commandPageSchema = pageSchema(commandSchema).meta({ id: 'CommandPage' });

export type CommandKind = (typeof COMMAND_KINDS)[number];
export type CommandState = (typeof COMMAND_STATES)[number];
export type CommandRequest = z.infer<typeof commandRequestSchema>;
export type Command = z.infer<typeof commandSchema>;
