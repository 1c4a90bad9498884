// SPDX-License-Identifier: Apache-2.0
// One lock for all runs of this VM (SC-8). The agent holds it while it runs; without an agent, a scan in the foreground holds it. SQLite's exclusive lock is a
// kernel lock: it ends with its process, so there is never a stale lock.
import { DatabaseSync } from 'node:sqlite';
import { dirname } from 'node:path';
import type { Clock } from '@lazaret/platform';
import { ensurePrivatePlace } from '../../state/index.ts';

export interface RunLock {
  release(): void;
}

const RETRY_MS = 200;

/** The lock, or null when somebody else has it. */
export function tryRunLock(path: string): RunLock | null {
  ensurePrivatePlace(dirname(path));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** Waits for the lock; `onWait` is told once when it has to. Null when `signal` aborts first. */
export async function waitForRunLock(
  path: string,
  clock: Clock,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<RunLock | null> {
  for (let told = false; !signal?.aborted; told = true) {
    const lock = tryRunLock(path);
    if (lock !== null) return lock;
    if (!told) onWait();
    await clock.sleep(RETRY_MS, signal);
  }
  return null;
}

/** SQLITE_BUSY: https://sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}
