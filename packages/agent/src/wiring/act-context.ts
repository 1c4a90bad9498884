// SPDX-License-Identifier: Apache-2.0
import type { ActionRow, Opener, Access } from '@lazaret/contract';
import type { Action, ScanKind } from '@lazaret/core';
import type { ActionContext } from '../actions/index.ts';
import type { PolicyInForce } from '../policy/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';
import type { Agent } from './open-agent.ts';

/** What an action of one run is done with. */
export interface ActContext {
  readonly agent: Agent;
  readonly inForce: PolicyInForce;
  readonly scanKind: ScanKind;
  /** `report` does nothing, `policy` what the policy says for this kind of scan, an action that one. */
  readonly action: 'report' | 'policy' | Action;
  readonly runId: string;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
  /** Files that the run has looked at so far; absent in real-time. */
  readonly lookedAt?: () => number;
  /** Real-time's alone. */
  readonly access?: AccessFacts;
}

/** How an infected file was met (RT-11). */
export interface AccessFacts {
  readonly access?: Access;
  readonly refused: boolean;
  readonly opener: Opener | null;
  readonly attempts: number;
  readonly deny: NonNullable<ActionContext['deny']>;
}

/** What was done, and what core makes of it. */
export interface CarriedOut {
  readonly row: ActionRow;
  readonly event: string | null;
}
