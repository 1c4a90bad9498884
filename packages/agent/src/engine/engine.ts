// SPDX-License-Identifier: Apache-2.0
// What the rest of the agent knows about the scan process: open files go in, checked answers come out. session.ts speaks the protocol.
import type { ScannerAnswer } from '@lazaret/contract';
import type { OpenFile } from '@lazaret/host/ports';

/** Limits and type rule of a scan, sent once and then named by number. Times in ms, sizes in bytes. */
export interface EngineProfile {
  readonly compressionLayersMax: number;
  readonly nestingMax: number;
  readonly memberBytesMax: number;
  readonly membersMax: number;
  readonly engineTimeMs: number;
  readonly walkTimeMs: number;
  /** RT-3, IntelliScan: only these true types, or these when the file's name is listed. Null: all files. */
  readonly typeRule: { readonly types: readonly string[]; readonly typesWhenListed: readonly string[] } | null;
}

/** An open that waits; what nobody waits for, but RT-9b gives a minute; a client of the clamd socket; a run. */
export type ScanClass = 'open' | 'followUp' | 'clamd' | 'run';

export interface EngineScan {
  readonly profile: EngineProfile;
  /** The name is on the list of text kinds (RT-3). */
  readonly nameListed: boolean;
  /** Who waits for it: the earlier in this list, the earlier it is served. */
  readonly scanClass: ScanClass;
  /** Among whom the workers are shared within a class: `ownerOfUser`, or one for runs. */
  readonly owner: number;
  /** From receipt to answer; the scanner gives up then and says `time`. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is loaded and who serves it. `release`: the directory that was loaded. */
export interface EngineStatus {
  readonly release: string;
  readonly signatures: number;
  readonly yaraRules: number;
  readonly pid: number;
  readonly workerPids: readonly number[];
  readonly workerDeaths: number;
  /** Which fences are up, as the scanner tells it. */
  readonly sandbox: unknown;
}

export interface LoadRequest {
  readonly directory: string;
  /** Open descriptors of the operating system's own files: none may be detected. The caller closes them. */
  readonly canaries: readonly number[];
  /** EICAR must be found: false only for a directory that a person named for one run. */
  readonly requireEicar: boolean;
  readonly expectedSignatures: number | null;
}

export interface Engine {
  /** Scans an open file, which stays the caller's and must stay open until the answer. Never rejects for a file's sake. */
  scan(file: OpenFile, request: EngineScan): Promise<ScannerAnswer>;
  /** Loads beside the old, tests, switches. Rejects with a code and what failed; then the old goes on. */
  load(request: LoadRequest): Promise<EngineStatus>;
  status(): Promise<EngineStatus>;
  /** A profile as bytes of the scanner's protocol, for another client of the same scanner. */
  profileBytes(profile: EngineProfile): Promise<Buffer>;
  close(): Promise<void>;
}
