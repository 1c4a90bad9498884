// SPDX-License-Identifier: Apache-2.0
import type { ActionRow } from '@lazaret/contract';
import type { PolicyInForce } from '../policy/index.ts';
import type { ScanRequest } from '../scan/index.ts';
import type { ReleaseTables } from '../update/index.ts';
import type { Agent } from './open-agent.ts';

/** What an action of one run is done with. */
export interface ActContext {
  readonly agent: Agent;
  readonly inForce: PolicyInForce;
  readonly request: ScanRequest;
  readonly runId: string;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
}

/** What was done, and what core makes of it. */
export interface CarriedOut {
  readonly row: ActionRow;
  readonly event: string | null;
}
