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
export function family(pid: number): readonly number[] {
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

/** Proportional share of one process, in MiB: shared pages count once, whoever maps them. 0: it has ended. */
export function memoryMiBOf(pid: number): number {
  return kibibytesOf(pid, 'smaps_rollup', 'Pss') / 1_024;
}

/** What of it lies in memory, in MiB. */
export function residentMiBOf(pid: number): number {
  return kibibytesOf(pid, 'status', 'VmRSS') / 1_024;
}

function kibibytesOf(pid: number, file: string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'latin1');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The kernel's name of it, which is cut at 15 bytes. */
export function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}
