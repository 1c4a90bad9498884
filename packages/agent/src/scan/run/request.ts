// SPDX-License-Identifier: Apache-2.0
// The request of a run, as JSON. It crosses the control socket and is kept in the state, so that an interrupted run can resume.
import { z } from 'zod';
import { ACTIONS } from '@lazaret/contract';

const base64 = z.base64();

export const scanRequestSchema = z.object({
  /** Who began it. */
  origin: z.enum(['manual', 'scheduled']),
  /** Whose limits count (`--as`); scope, exceptions and action are the origin's. */
  limitsOf: z.enum(['manual', 'scheduled', 'realtime']),
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('policy') }),
    z.object({ kind: z.literal('paths'), paths: z.array(base64).min(1).max(100_000) }),
    z.object({ kind: z.literal('quick') }),
  ]),
  /** `report` does nothing, `policy` what the policy says, an action that one. */
  action: z.enum(['report', 'policy', ...ACTIONS]),
  /** The policy as checked JSON; null = the agent's own. */
  policy: z.unknown(),
  /** A directory of patterns for this run alone (base64). */
  patterns: base64.nullable(),
  crossFileSystems: z.boolean(),
  load: z.enum(['low', 'medium', 'high']).nullable(),
});

export type ScanRequest = z.infer<typeof scanRequestSchema>;

/** What the scheduled scan asks for (SC-1): everything that the policy says. */
export const SCHEDULED_REQUEST: ScanRequest = {
  origin: 'scheduled',
  limitsOf: 'scheduled',
  scope: { kind: 'policy' },
  action: 'policy',
  policy: null,
  patterns: null,
  crossFileSystems: true,
  load: null,
};
