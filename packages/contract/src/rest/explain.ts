// SPDX-License-Identifier: Apache-2.0
// "Is it scanned?" (EX-3), asked of the VM itself: the agent's own functions answer, with the facts of its disk.
import { z } from 'zod';
import { uuidSchema } from './common.ts';
import { failureSchema, pathTextSchema } from './values.ts';

export const explainRequestSchema = z
  .strictObject({ vmId: uuidSchema, path: pathTextSchema.min(1) })
  .meta({ id: 'ExplainRequest' });

export const explanationSchema = z
  .object({
    kind: z.enum(['realtime', 'scheduled', 'manual']),
    scanned: z.enum(['yes', 'no', 'if-type']),
    why: z.string(),
    /** JSON pointer of the rule in the policy that is in force on the VM. */
    decidedBy: z.string(),
  })
  .meta({ id: 'Explanation' });

/** The answer comes by a command: ask for it again until `state` is no longer `waiting` (`GET T/vms/{id}/commands`). */
export const explainAnswerSchema = z
  .object({
    commandId: uuidSchema,
    state: z.enum(['waiting', 'answered', 'failed']),
    path: pathTextSchema,
    answers: z.array(explanationSchema),
    policyHash: z.string().nullable(),
    error: failureSchema.nullable(),
  })
  .meta({ id: 'ExplainAnswer' });

export type ExplainAnswer = z.infer<typeof explainAnswerSchema>;
export type ExplanationRow = z.infer<typeof explanationSchema>;
