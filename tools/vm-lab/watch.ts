// SPDX-License-Identifier: Apache-2.0
// A process of its own that watches over one of QEMU: the VM ends even when the process of its test is blocked or gone.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Watched {
  readonly pid: number | undefined;
  /** Removed when the process that asked has gone without doing it itself. */
  readonly place: string;
  readonly secondsMax: number;
}

/** Arguments: QEMU's number and when it began, the test's, seconds, place. A number alone may be another process' by now. */
const WATCH = `
lives() { [ "$(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)" = "$2" ]; }
END=$((SECONDS + $5))
while lives $1 $2 && lives $3 $4 && [ $SECONDS -lt $END ]; do sleep 1; done
! lives $1 $2 || kill -9 $1
lives $3 $4 || rm -rf "$6"`;

/** Ends the process when its time is over or this one has gone. */
export function watchOver({ pid, place, secondsMax }: Watched): void {
  const began = pid === undefined ? null : beginOf(pid);
  // It has ended already, and whoever started it hears why.
  if (began === null) return;
  const argv = [pid, began, process.pid, beginOf(process.pid), secondsMax, place].map(String);
  spawn('bash', ['-c', WATCH, 'watch', ...argv], { stdio: 'ignore', detached: true }).unref();
}

/** As /proc tells it: field 22, the 20th behind the name, which may hold anything. */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
