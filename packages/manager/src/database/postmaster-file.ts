// SPDX-License-Identifier: Apache-2.0
// Reads PostgreSQL's own lock file (postmaster.pid) and checks whether it is true. A pid alone can belong to another process by now, so it compares the
// process's working directory in /proc, which for a postmaster is its data directory.
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

export interface Postmaster {
  readonly pid: number;
  readonly socketDirectory: string;
  /** It is on its way out: wait until it is gone. */
  readonly stopping: boolean;
}

/** The postmaster that lives on a data directory, or null. */
export function readPostmaster(dataDirectory: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(dataDirectory, pid)) return null;
  return { pid, socketDirectory: lines[4] ?? '', stopping: (lines[7] ?? '').trim() === 'stopping' };
}

/** Whether that process is a living postmaster of that directory. */
export function isAlive(dataDirectory: string, pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return state !== 'Z' && state !== 'X' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory);
  } catch {
    return false;
  }
}
