// SPDX-License-Identifier: Apache-2.0
// What tells of opens and changes as they happen. Where it can hold an open until there is a verdict, `canHold` says so; where it cannot, real-time learns of a
// file after it was written, and refuses nothing.
import type { GateConfiguration, GateFile, GateMessage, GateOpener, GateOrder, GateStats } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';

export type Hello = Extract<GateMessage, { type: 'hello' }>;
/** What the gate said stands. */
export type Configured = Extract<GateMessage, { type: 'configured' }>;

export interface GateLinkParts {
  readonly socketPath: string;
  /** Ours alone: configurations go through a file in it that has no name any more. */
  readonly privateDirectory: string;
  readonly clock: Clock;
  /** `descriptor` is the handler's to close. `gate` is the pid of who said it. */
  onMessage(message: GateMessage, descriptor: number | null, gate: number): void;
  onConnected(hello: Hello): void;
  onLost(): void;
  /** A message that does not keep to the contract; it is dropped. */
  onFault(why: string): void;
}

export interface GateLink {
  /** Keeps the link until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** From now on the gate is to decide by this; said again after each connect. */
  configure(configuration: GateConfiguration): void;
  /** False when no gate took it. The descriptor stays the caller's. */
  send(order: GateOrder, descriptor?: number): Promise<boolean>;
  /** The gate that is connected. */
  gate(): Hello | null;
  setReading(reading: boolean): void;
}

export interface GateCounts {
  /** Null: no gate answers. */
  read(): Promise<GateStats | null>;
  take(stats: GateStats): void;
}

/** What the gate tells of a file that was accessed. */
export interface FileClue {
  readonly path: string | null;
  readonly believed: boolean;
  readonly file: GateFile | null;
  readonly opener: Pick<GateOpener, 'pid' | 'parents' | 'container'> | null;
}

export interface RealtimeSource {
  /** Whether an open waits for a verdict. */
  readonly canHold: boolean;
  link(parts: GateLinkParts): GateLink;
  counts(link: Pick<GateLink, 'send'>, clock: Clock): GateCounts;
}
