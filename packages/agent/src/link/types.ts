// SPDX-License-Identifier: Apache-2.0
// The interface of the link for the agent, and what the link needs from the agent.
import type { LinkCommand, OfferedRelease, VaultList, VmReport, VmState } from '@lazaret/contract';
import type { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import type { Spool } from '../spool/index.ts';
import type { StateDatabase } from '../state/index.ts';
import type { Transport } from './transport.ts';

/** How the VM stands, but for what the link knows itself. */
export type LocalReport = Omit<VmReport, 'policy' | 'knock' | 'spool'> & {
  readonly policy: Omit<VmReport['policy'], 'refused'>;
};

export interface LinkHost {
  readonly stateDirectory: string;
  readonly spoolDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: StateDatabase;
  readonly spool: Spool;
  epoch(): string;
  /** The state went back in time: events get sequences that were given before. */
  beginEpoch(): string;
  readonly agentVersion: string;
  policyHash(): string;
  /** The stand-by port that is wanted; null: off. */
  knockPort(): number | null;
  readReport(): Promise<LocalReport>;
  readVaultList(): Promise<VaultList>;
  /** Puts the manager's policy in force, or says why not. */
  takePolicy(text: string): LazaretError | null;
  carryOut(command: LinkCommand, tools: LinkTools): Promise<unknown>;
  recover(command: LinkCommand, spoolBefore: number): Promise<{ readonly value: unknown } | undefined>;
  /** The VM has just been activated: the manager's patterns are looked for at once. */
  activated(): void;
}

/** What a command, or a look for patterns, needs of the link. */
export interface LinkTools {
  readonly transport: Transport;
  offeredRelease(signal: AbortSignal): Promise<OfferedRelease | null>;
}

export interface LinkStatus {
  readonly vmId: string;
  readonly tenantId: string;
  readonly managers: readonly string[];
  readonly state: VmState;
  readonly connected: boolean;
  /** False while the manager does not know yet whether this is a copy of a VM that lives (SY-10b). */
  readonly entrusted: boolean;
  readonly lastAnswerAt: string | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
  readonly clockDifferenceMs: number | null;
  readonly certificateNotAfter: string | null;
  readonly acknowledged: number;
  readonly waiting: number;
  readonly knock: { readonly port: number | null; readonly fault: { code: string; message: string } | null };
}

export interface Link {
  /** Null: this VM belongs to no manager. */
  status(): LinkStatus | null;
  activate(token: string, name: string | null): Promise<LinkStatus>;
  deactivate(force: boolean): Promise<void>;
  /** Null while the VM belongs to no manager. */
  tools(): LinkTools | null;
  /** Something changed that the manager should see soon. */
  changed(): void;
  run(signal: AbortSignal): Promise<void>;
}
