// SPDX-License-Identifier: Apache-2.0
// How much processor time a scan has really used: ours, and that of the scan process with its workers. Read from the kernel's own
// account (/proc/PID/schedstat, proc(5): nanoseconds on a processor), because a file's wall time says little on a busy machine.
import { readdirSync, readFileSync } from 'node:fs';
import type { CpuMeter } from '../../ports/processes.ts';

/** What the kernel says of processes. */
export interface ProcessAccount {
  /** While others end some may be missing (proc(5)). */
  childrenOf(pid: number): readonly number[];
  /** Null: there is no such process any more, or the kernel keeps no such account. */
  onProcessorMs(pid: number): number | null;
  parentOf(pid: number): number | null;
}

/** `scanner`: the scan process; its loader and workers are its children. */
export function cpuMeter(scanner: () => number, account: ProcessAccount = ofTheKernel): CpuMeter {
  const seenMs = new Map<number, number>();
  const begin = process.cpuUsage();
  let goneMs = 0;
  const look = (pid: number): void => {
    const now = account.onProcessorMs(pid);
    if (now !== null) seenMs.set(pid, now);
  };
  const family = (): readonly number[] => {
    const root = scanner();
    const missing = [...seenMs.keys()].filter((pid) => account.parentOf(pid) === root);
    return [root, ...new Set([...account.childrenOf(root), ...missing])];
  };
  for (const pid of family()) look(pid);
  let baseMs = sum(seenMs);
  return {
    usedMs: () => {
      const alive = new Set(family());
      for (const pid of alive) look(pid);
      for (const [pid, ms] of seenMs) {
        if (alive.has(pid)) continue;
        goneMs += ms;
        seenMs.delete(pid);
      }
      const { user, system } = process.cpuUsage(begin);
      const scannerMs = goneMs + sum(seenMs);
      baseMs = Math.min(baseMs, scannerMs);
      return (user + system) / 1_000 + scannerMs - baseMs;
    },
  };
}

function sum(seen: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const ms of seen.values()) total += ms;
  return total;
}

const ofTheKernel: ProcessAccount = {
  childrenOf: (pid) =>
    orNull(() => readdirSync(`/proc/${pid}/task`).flatMap((task) => childrenOfTask(pid, task))) ?? [],
  onProcessorMs: (pid) =>
    orNull(() => Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1_000_000),
  parentOf: (pid) => orNull(() => parentIn(readFileSync(`/proc/${pid}/stat`, 'latin1'))),
};

function childrenOfTask(pid: number, task: string): number[] {
  const words = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ');
  return words.filter((word) => word !== '').map(Number);
}

/** The fourth field; the second is a name in brackets, which may hold anything. */
function parentIn(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
