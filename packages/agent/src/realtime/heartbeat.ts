// SPDX-License-Identifier: Apache-2.0
// A file that says "real-time was on, and its supervisor alive, at this moment". Owns that file: touched while real-time is on, removed at an orderly end.
// One that is there at the start and names another supervisor tells of a death: since then opens went unseen (RT-9d).
import { readFileSync, rmSync } from 'node:fs';
import { processIdentity, writeFileAtomic, type Clock } from '@lazaret/platform';
import { z } from 'zod';

const beatSchema = z.object({ supervisor: z.string().max(128), atMs: z.number().nonnegative() });

export const BEAT_MS = 1_900;

export interface Heartbeat {
  /** When real-time was last known to be on under a supervisor that is no more; null where no gap is known. Ms since 1970. */
  readonly gapSinceMs: number | null;
  /** Called often; writes at most once in BEAT_MS. */
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
      beatAtMs = clock.monotonicMs();
      writeFileAtomic(path, JSON.stringify({ supervisor, atMs: clock.nowMs() }), 0o600);
    },
    rest: () => {
      beatAtMs = -Infinity;
      rmSync(path, { force: true });
    },
  };
}

function read(path: string): z.infer<typeof beatSchema> | null {
  try {
    return beatSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // none, or half of one: then nothing is known of a gap
  }
}
