// SPDX-License-Identifier: Apache-2.0
// Which process is at work on something, written down so that a later process can tell whether that one still lives: a pid
// alone is given to others again. Reads /proc.
import { readFileSync } from 'node:fs';

const IDENTITY = /^(\d+)-(\d+)-([0-9a-f]{8})$/;

/** `pid-startTicks-boot` of this process, or another that lives; fit for a file's name. */
export function processIdentity(pid: number = process.pid): string {
  return `${pid}-${startTicks(pid) ?? 0}-${boot()}`;
}

/** Whether the process of that identity still runs. What is no identity is no process. */
export function isProcessAlive(identity: string): boolean {
  const [, pid = '', ticks = '', bootId = ''] = IDENTITY.exec(identity) ?? [];
  return pid !== '' && bootId === boot() && startTicks(Number(pid)) === ticks;
}

/** Field 22 of proc(5) stat; the command in field 2 may hold blanks and brackets. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const dead = fields[0] === 'Z' || fields[0] === 'X';
    return dead ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

let thisBoot: string | null = null;

/** The same as long as we live. */
function boot(): string {
  thisBoot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
  return thisBoot;
}
