// SPDX-License-Identifier: Apache-2.0
// What tells of opens and changes as they happen. Where it can hold an open until there is a verdict, `canHold` says so; where it cannot, real-time learns of a
// file after it was written, and refuses nothing.
import type { GateConfiguration, GateFile, GateMessage, GateOpener, GateOrder, GateStats } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { OpenFile } from './open-file.ts';
import type { OpenFolder } from './open-folder.ts';

export type Hello = Extract<GateMessage, { type: 'hello' }>;
/** What the gate said stands. */
export type Configured = Extract<GateMessage, { type: 'configured' }>;

export interface GateLinkParts {
  readonly socketPath: string;
  /** Ours alone: configurations go through a file in it that has no name any more. */
  readonly privateDirectory: string;
  readonly clock: Clock;
  /** `file` is the handler's to close. `gate` is the pid of who said it. */
  onMessage(message: GateMessage, file: OpenFile | null, gate: number): void;
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
  /** False when no gate took it. The file stays the caller's. */
  send(order: GateOrder, file?: OpenFile): Promise<boolean>;
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

/** How an action comes to the folder: by a path of our own mount tree, or through another process's root. */
export interface Reach {
  readonly path: Buffer;
  readonly openParent?: () => OpenFolder;
}

/** A file as an overlay shows it. */
export interface OverlayView {
  readonly opened: OpenFile;
  readonly path: Buffer;
  readonly openParent: () => OpenFolder;
  /** Closes what it holds. */
  readonly close: () => void;
}

export interface OverlayViews {
  /** `path`: where the file lies, as our own tree reads, or as the kernel told it: then from the layer on. The view is the caller's to close. */
  open(file: OpenFile, path: Buffer, clue: Pick<FileClue, 'opener'>): Promise<OverlayView | null>;
}

export interface RealtimeSource {
  /** Whether an open waits for a verdict. */
  readonly canHold: boolean;
  link(parts: GateLinkParts): GateLink;
  counts(link: Pick<GateLink, 'send'>, clock: Clock): GateCounts;
  /** Opens the file of a clue; null when it is gone. Throws `path.not_found` where no way leads to it, gone or not. */
  openClue(clue: FileClue): Promise<OpenFile | null>;
  /** Where the object has its name. Null: no way leads there; then `path` of the clue is for telling alone. */
  reachFile(file: OpenFile, clue: FileClue): Reach | null;
  overlayViews(monotonicMs: () => number): OverlayViews;
}
