// SPDX-License-Identifier: Apache-2.0
// Limits a run to its share of all cores (SC-9). The CPU time that the agent and the scan process really used is subtracted; while they have used more than the
// share allows, no new file is begun. Pure arithmetic over a clock and a meter that are passed in.
import { LOAD_PERCENT, type ScanLoad } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';

/** Idle time may be saved up for so long, or a pause would be followed by a burst. */
const SAVED_MS_MAX = 250;

/** The meter costs a few reads: it is asked so often at most. */
const METER_MS = 5;

export interface Pacing {
  /** Resolves when the share allows new work. */
  allowance(signal?: AbortSignal): Promise<void>;
}

/** `usedMs`: processor time used so far, in ms of one core; only ever grows. */
export function pacing(load: ScanLoad, cores: number, clock: Clock, usedMs: () => number): Pacing {
  const share = LOAD_PERCENT[load] / 100;
  if (share >= 1) return { allowance: () => Promise.resolve() };
  const perMs = share * cores;
  let balanceMs = 0;
  let settledAtMs = clock.monotonicMs();
  let settledUsedMs = usedMs();
  const settle = (): void => {
    const now = clock.monotonicMs();
    const used = usedMs();
    // Only what is left over is bounded: a long piece of work is paid by its own time first.
    balanceMs = Math.min(balanceMs + (now - settledAtMs) * perMs - (used - settledUsedMs), SAVED_MS_MAX * perMs);
    settledAtMs = now;
    settledUsedMs = used;
  };
  return {
    allowance: async (signal) => {
      if (clock.monotonicMs() - settledAtMs < METER_MS) return;
      for (settle(); balanceMs < 0 && !signal?.aborted; settle()) {
        await clock.sleep(Math.ceil(-balanceMs / perMs), signal);
      }
    },
  };
}

/** Jobs that may be at work at once without the share being overrun by those already begun. */
export function jobsAtOnce(load: ScanLoad, workers: number): number {
  return load === 'high' ? workers * 16 : 1;
}
