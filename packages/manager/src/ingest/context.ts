// SPDX-License-Identifier: Apache-2.0
import type { AgentEvent } from '@lazaret/contract';
import type { TenantTransaction } from '../database/index.ts';

/** The VM whose events they are. */
export interface Sender {
  readonly tenantId: string;
  readonly vmId: string;
  readonly vmName: string;
}

export interface IngestContext extends Sender {
  readonly tx: TenantTransaction;
  /** When the batch was received. */
  readonly now: Date;
}

/** What other features do in the batch's transaction. */
export interface IngestHooks {
  readonly onEvent: (context: IngestContext, event: AgentEvent) => Promise<void>;
}
