// SPDX-License-Identifier: Apache-2.0
// clamd's protocol on a Unix socket, so that what speaks to clamd (mail filters, file shares, clamdscan) speaks to Lazaret.
// Owns its socket, its sessions and every descriptor that a client sends. A path is opened with the rights of the caller,
// never with ours: the socket is open to all users of the VM.
import type { ScannerAnswer } from '@lazaret/contract';
import type { ClamdPartlyAnswer } from '@lazaret/core';
import { listenLinks, type Listening } from '@lazaret/fdlink';
import { serveSession } from './session.ts';

export interface ClamdDependencies {
  /** Scans by manual limits; the descriptor stays the caller's. */
  scan(descriptor: number): Promise<ScannerAnswer>;
  /** Loads the active release again. */
  reload(): Promise<void>;
  /** `Lazaret 0.1.0/starter-…/date`. */
  version(): string;
  partly(): ClamdPartlyAnswer;
  /** Where a stream is put down while it arrives; must be ours alone. */
  readonly spoolDirectory: string;
}

/** Sessions at once; a further one is closed at once. */
const SESSIONS_MAX = 256;

export function serveClamd(path: string, dependencies: ClamdDependencies): Listening {
  let sessions = 0;
  return listenLinks(path, { kind: 'stream', mode: 0o666 }, (open) => {
    if (sessions >= SESSIONS_MAX) return open({ onMessage: () => {}, onEnd: () => {} }).close();
    sessions += 1;
    serveSession(open, dependencies, () => {
      sessions -= 1;
    });
  });
}
