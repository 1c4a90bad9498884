// SPDX-License-Identifier: Apache-2.0
import type { ScannerAnswer } from '@lazaret/contract';
import type { ClamdPartlyAnswer } from '@lazaret/core';
import type { Host, OpenFile } from '@lazaret/host/ports';
import type { Clock } from '@lazaret/platform';

export interface ClamdDependencies {
  readonly files: Host['files'];
  readonly sockets: Pick<Host['sockets'], 'openDoor' | 'welcome'>;
  /** Scans by manual limits, on behalf of a user; the file stays the caller's. Rejects when `signal` aborts. */
  scan(file: OpenFile, uid: number, signal: AbortSignal): Promise<ScannerAnswer>;
  /** Loads the active release again. */
  reload(): Promise<void>;
  /** `Lazaret 0.1.0/starter-…/date`. */
  version(): string;
  readonly clock: Clock;
  partly(): ClamdPartlyAnswer;
  /** lazaret-clamd-door. */
  readonly doorProgram: string;
  /** Where a stream is put down while it arrives; must be ours alone. */
  readonly spoolDirectory: string;
}
