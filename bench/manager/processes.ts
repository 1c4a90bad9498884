// SPDX-License-Identifier: Apache-2.0
// What a process and its children use, out of /proc.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

function readStat(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** A process and all that descend from it. */
function family(pid: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((one) => Number(readStat(one)[1]) === pid);
  return [pid, ...children.flatMap(family)];
}

/** Of one process, or with all its descendants, also those that have ended (which the kernel adds to their parent). */
export function cpuSecondsOf(pid: number, withFamily: boolean): number {
  const fields = withFamily ? [11, 12, 13, 14] : [11, 12];
  const ticks = (withFamily ? family(pid) : [pid]).flatMap((one) => fields.map((at) => Number(readStat(one)[at] ?? 0)));
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
}

/** Proportional share of one process, in MiB. */
export function memoryMiBOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1_024;
}
