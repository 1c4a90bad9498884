// SPDX-License-Identifier: Apache-2.0
// A file that says that real-time was on, and its supervisor alive, at the time of the file. This module owns the file: it touches it while real-time is on,
// and deletes it at an orderly end. A file that exists at the start and names another supervisor shows that real-time died. The time since then is a gap
// (RT-9d).
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { processIdentity, writeFileAtomic, type Clock } from '@lazaret/platform';

/** So often at least. */
export const BEAT_MS = 1_400;

export interface Heartbeat {
  /** When real-time was last known to be on under a supervisor that is no more; null where no gap is known. Ms since 1970. */
  readonly gapSinceMs: number | null;
  /** Called often. The file's own time tells when: nothing is written, so an idle VM's disk stays idle. */
  beat(): void;
  /** Real-time is off by an order: what follows is no gap. */
  rest(): void;
}

export function heartbeat(path: string, clock: Clock, supervisorPid: number): Heartbeat {
  const supervisor = processIdentity(supervisorPid);
  const before = read(path);
  let beatAtMs = -Infinity;
  return {
    gapSinceMs: before === null || before.supervisor === supervisor ? null : before.atMs,
    beat: () => {
      if (clock.monotonicMs() - beatAtMs < BEAT_MS) return;
      if (beatAtMs === -Infinity) writeFileAtomic(path, `${supervisor}\n`, 0o600);
      beatAtMs = clock.monotonicMs();
      const seconds = clock.nowMs() / 1_000;
      utimesSync(path, seconds, seconds);
    },
    rest: () => {
      if (beatAtMs === -Infinity) return;
      beatAtMs = -Infinity;
      rmSync(path, { force: true });
    },
  };
}

const SUPERVISOR = /^\d+-\d+-[0-9a-f]{8}\n$/;

function read(path: string): { readonly supervisor: string; readonly atMs: number } | null {
  try {
    const text = readFileSync(path, 'latin1');
    return SUPERVISOR.test(text) ? { supervisor: text.trimEnd(), atMs: Math.round(statSync(path).mtimeMs) } : null;
  } catch {
    return null; // none: nothing is known of a gap
  }
}
