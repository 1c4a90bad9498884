// SPDX-License-Identifier: Apache-2.0
import type { ActionRow } from '@lazaret/contract';
import type { PolicyInForce } from '../policy/index.ts';
import type { InfectedFile, ScanRequest } from '../scan/index.ts';
import type { ReleaseTables } from '../update/index.ts';
import type { Agent } from './open-agent.ts';

export interface ActContext {
  readonly agent: Agent;
  readonly inForce: PolicyInForce;
  readonly request: ScanRequest;
  readonly runId: string;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
}

export function actOn(_context: ActContext): (file: InfectedFile) => Promise<ActionRow | null> {
  return async () => null;
}
