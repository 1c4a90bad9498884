// SPDX-License-Identifier: Apache-2.0
// What the parts of real-time pass to each other, and what they need from the agent.
import type {
  Access,
  ActionRow,
  GapCause,
  GateStats,
  LetThrough,
  Opener,
  RealtimeReport,
  RealtimeState,
  ScannerAnswer,
  Threat,
} from '@lazaret/contract';
import type { UnscannedDecision, UnscannedReason } from '@lazaret/core';
import type { Host } from '@lazaret/host/ports';
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import type { Engine } from '../engine/index.ts';
import type { PolicyInForce } from '../policy/index.ts';
import type { InfectedFile } from '../scan/index.ts';
import type { RealtimeStand } from './state/state-of.ts';
import type { Spool } from '../spool/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';

/** A place as it is told: paths for people. */
export interface Place {
  readonly mountPoint: string;
  readonly fileSystemType: string;
  readonly device: string | null;
  /** The mount namespace's number, where it is another than the host's. */
  readonly namespace: string | null;
  readonly why: string | null;
}

/** What of an infected file only real-time knows. */
export interface RealtimeFacts {
  /** Absent where nobody accessed the file: it was found in a walk. */
  readonly access?: Access;
  readonly refused: boolean;
  readonly opener: Opener | null;
  /** How many accesses it stands for. */
  readonly attempts: number;
  /** Tells the gate to go on refusing this object (Deny). False when no gate took it. */
  readonly deny: () => Promise<boolean>;
}

/** What was found, and what was done, as it is told. */
export interface RealtimeDetection extends Omit<RealtimeFacts, 'deny'> {
  readonly path: string;
  readonly pathBase64?: string;
  readonly threats: readonly Threat[];
  readonly sha256: string | null;
  readonly action: ActionRow | null;
  readonly decidedBy: string;
}

/** Told as it happens: what the command in the foreground prints. */
export interface RealtimeListener {
  ready(places: { readonly watching: readonly Place[]; readonly notCovered: readonly Place[] }): void;
  state(state: RealtimeState, reason: string | null): void;
  detection(detection: RealtimeDetection): void;
  letThrough(event: Omit<LetThrough, 'type' | keyof EnvelopeFields>): void;
  gap(cause: GapCause, fromMs: number, toMs: number): void;
}

type EnvelopeFields = Pick<
  LetThrough,
  | 'schema'
  | 'id'
  | 'epoch'
  | 'sequence'
  | 'time'
  | 'bootId'
  | 'monotonicMs'
  | 'policyHash'
  | 'patternRelease'
  | 'decidedBy'
>;

export interface RealtimeParts {
  readonly host: Pick<Host, 'files' | 'machine' | 'mounts' | 'paths' | 'processes' | 'realtime'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly engine: Pick<Engine, 'scan' | 'profileBytes'>;
  readonly spool: Pick<Spool, 'append' | 'synced'>;
  readonly gateSocket: string;
  /** Ours alone, for files that have no name. */
  readonly privateDirectory: string;
  readonly aliveFile: string;
  /** State and run directories: never scanned. */
  readonly ownDirectories: readonly string[];
  /** The process that holds the kernel's group; null where the agent was started without one. */
  readonly supervisorPid: number | null;
  readonly listener?: RealtimeListener;
  inForce(): PolicyInForce;
  /** Of the release that the engine has loaded. */
  tables(): ReleaseTables;
  patternRelease(): string;
  zone(): string;
  /** Names a product that answers the kernel about opens (SY-5); null where none does. */
  otherListener(): string | null;
  /** Carries out what the policy says and records the detection. */
  act(file: InfectedFile, facts: RealtimeFacts): Promise<ActionRow | null>;
}

/** What `lazaret agent status` shows. */
export interface RealtimeStatus {
  readonly state: RealtimeState;
  readonly reason: string | null;
  readonly watching: readonly Place[];
  readonly notCovered: readonly Place[];
  readonly stats: RealtimeStats | null;
}

/** The gate's counts and ours. `followUps`: let-through opens that wait for their scan, and how the others ended. */
export interface RealtimeStats extends GateStats {
  readonly followUps: { readonly waiting: number; readonly ended: Readonly<Record<string, number>> };
  /** Files that were scanned because they changed in a gap. */
  readonly walked: number;
  readonly excepted: number;
}

/** How a scan of ours ended. */
export type ScanEnd =
  | {
      readonly kind: 'infected';
      readonly answer: ScannerAnswer;
      readonly threats: readonly Threat[];
      /** AC-12: a rule's, not an engine's. */
      readonly ruled?: UnscannedDecision;
    }
  | { readonly kind: 'partly'; readonly reasons: readonly UnscannedReason[] }
  | { readonly kind: 'clean' | 'excepted' | 'failed' };

export interface Realtime {
  /** Works until `signal` aborts; then marks go and whatever waits is answered. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at policy, release and places now instead of within two seconds. */
  refresh(): void;
  status(): Promise<RealtimeStatus>;
  stand(): RealtimeStand;
  /** What a check-in tells of it; waits for the gate's counts 2 s at most. */
  report(): Promise<RealtimeReport>;
}
