// SPDX-License-Identifier: Apache-2.0
// Shows the supervisor that the event loop is running, by touching a file in the run directory. The supervisor ends and restarts an agent that has given no
// sign for two minutes (native/supervisor). It owns that file.
import { utimesSync, writeFileSync } from 'node:fs';
import { sleepToBeat, type Clock } from '@lazaret/platform';

export const SIGN_FILE = 'agent-alive';
const SIGN_MS = 6_000;

/** Until `signal` aborts. */
export async function giveSignsOfLife(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    touch(path, clock.nowMs() / 1_000);
    await sleepToBeat(clock, SIGN_MS, signal);
  }
}

function touch(path: string, seconds: number): void {
  try {
    utimesSync(path, seconds, seconds);
  } catch {
    create(path);
  }
}

function create(path: string): void {
  try {
    writeFileSync(path, '', { mode: 0o600 });
  } catch {
    // A full disk, or no such directory any more. The next sign may be seen; without any, the supervisor starts us again.
  }
}
