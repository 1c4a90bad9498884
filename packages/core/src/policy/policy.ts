// SPDX-License-Identifier: Apache-2.0
// The policy: every setting of one VM as one immutable value. Shapes only; contract holds the zod schema that checks foreign bytes.
import type { Action } from '../actions/action.ts';
import type { Schedule, WeekSchedule } from '../schedule/types.ts';
import type { RuledReason } from '../verdicts/verdict.ts';

/** The three kinds of scan, each with settings of its own (RT-5). */
export type ScanKind = 'realtime' | 'scheduled' | 'manual';

/** One entry of a directory list (RT-2). `path` is absolute; `subdirectories` false means the directory's own files alone. */
export interface DirectoryEntry {
  readonly path: string;
  readonly subdirectories: boolean;
}

/** Where is scanned (RT-2). "All" leaves out pseudo and network file systems and the vault. */
export type DirectoryScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'list'; readonly entries: readonly DirectoryEntry[] };

/** Which outer files are scanned (RT-3). Extensions: case-insensitive, `tar.gz`, `""` for no extension, leading dot allowed. */
export type FileScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'intelliscan' }
  | { readonly kind: 'extensions'; readonly extensions: readonly string[] };

/** What is done with a threat (AC-1, AC-2). */
export type ActionSetting = { readonly kind: 'recommended' } | { readonly kind: 'custom'; readonly primary: Action };

/** What one exception matches (EX-1, EX-2). `*` `?` `**` and `${VARIABLE}` of the system are allowed in paths. */
export type ExceptionMatch =
  | { readonly directory: string }
  | { readonly file: string }
  | { readonly extension: string }
  | { readonly sha256: string }
  | { readonly pattern: string }
  | ProcessMatch;

/**
 * What a program opens is not scanned (EX-2e, real-time only). `process`: absolute path of its file on the host; the file counts, by device and
 * inode, never a name that a container could give itself. `programSha256`: then only while the file has this content. `user`: only where the process
 * runs as this account of the VM (effective user; a name or a number). `unit`: only in this service of the system's systemd (`mariadb.service`).
 * What it opens to run – programs, libraries, scripts – is judged all the same: whoever may start the program could bring them.
 */
export interface ProcessMatch {
  readonly process: string;
  readonly programSha256?: string;
  readonly user?: string;
  readonly unit?: string;
}

/** One exception with who, why and until when (EX-2). `expires`: ISO instant; absent = until it is removed. */
export interface Exception {
  readonly match: ExceptionMatch;
  readonly author?: string;
  readonly reason?: string;
  readonly expires?: string;
}

/** Limits of a scan (LM-5, LM-6, LM-7, LM-10). `memberBytesMax`: a leaf of this extracted size *or greater* is not scanned. */
export interface ScanLimits {
  readonly compressionLayersMax: number;
  readonly memberBytesMax: number;
  readonly membersMax: number;
  readonly fileTimeMs: number;
}

/** AC-12: what is done with a file that could not be looked at whole. `deny`: real-time only. */
export type UnscannedAction = 'allow' | 'notify' | 'deny' | 'quarantine';

/** One rule of AC-12; of several the first that fits decides. `reasons` absent: every one. `directory`: it and all beneath; absent: everywhere. */
export interface UnscannedRule {
  readonly reasons?: readonly RuledReason[];
  readonly directory?: string;
  readonly action: UnscannedAction;
}

/** Share of all cores that a scan may use (SC-9): low 20 %, medium 50 %, high 100 %. */
export type ScanLoad = 'low' | 'medium' | 'high';

/** What every kind of scan has of its own (RT-5). */
export interface ScanSettings {
  readonly directories: DirectoryScope;
  readonly files: FileScope;
  readonly action: ActionSetting;
  readonly exceptions: readonly Exception[];
  readonly limits: ScanLimits;
  readonly unscanned: readonly UnscannedRule[];
}

/** Real-time scan (RT). `deadlineMs`: how long an open may wait, in milliseconds; `onDeadline`: what then. `onOverload`: what an open gets whose owner has more waiting than its share. */
export interface RealtimeSettings extends ScanSettings {
  readonly enabled: boolean;
  readonly schedule: WeekSchedule;
  readonly deadlineMs: number;
  readonly onDeadline: 'allow' | 'deny';
  readonly onOverload: 'allow' | 'deny';
}

/** Scheduled scan (SC). `missed`: VM off at the time → made up once or skipped (SC-8). */
export interface ScheduledSettings extends ScanSettings {
  readonly enabled: boolean;
  readonly schedule: Schedule;
  readonly missed: 'once' | 'skip';
  readonly spreadMinutes: number;
  readonly longestRunMinutes: number;
  readonly load: ScanLoad;
}

/** Manual scan (SC-6). */
export interface ManualSettings extends ScanSettings {
  readonly load: ScanLoad;
}

/** The vault's room and patience (AC-8). */
export interface VaultSettings {
  readonly bytesMax: number;
  readonly retentionDays: number;
  readonly warnAtPercent: number;
}

/** How clamd's two-word protocol answers *clean as far as read*. */
export type ClamdPartlyAnswer = 'ok' | 'found' | 'error';

/** How a manager may call the agent (SY-7): the agent always calls by itself; a knock only makes it call at once. */
export interface AgentSettings {
  readonly knock: { readonly enabled: boolean; readonly port: number };
}

/** All settings of a VM as one named object. */
export interface Policy {
  /** The schema of the document. A number above ours is of a newer Lazaret: its fields that we do not know are kept. */
  readonly version: number;
  readonly name: string;
  readonly realtime: RealtimeSettings;
  readonly scheduled: ScheduledSettings;
  readonly manual: ManualSettings;
  readonly patterns: { readonly schedule: Schedule };
  readonly vault: VaultSettings;
  readonly clamd: { readonly partly: ClamdPartlyAnswer };
  readonly agent: AgentSettings;
}
