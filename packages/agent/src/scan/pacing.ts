// SPDX-License-Identifier: Apache-2.0
// Holds a run to its share of all cores (SC-9). Work is charged when it is done; while more was charged than the share
// allows, nothing new is begun. Pure arithmetic over a clock that is handed in.
import { LOAD_PERCENT, type ScanLoad } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';

/** Idle time may be saved up for so long, or a pause would be followed by a burst. */
const SAVED_MS_MAX = 250;

export interface Pacing {
  /** Processor time that was used, in ms of one core. */
  charge(cpuMs: number): void;
  /** Resolves when the share allows new work. */
  allowance(signal?: AbortSignal): Promise<void>;
}

export function pacing(load: ScanLoad, cores: number, clock: Clock): Pacing {
  const share = LOAD_PERCENT[load] / 100;
  if (share >= 1) return { charge: () => {}, allowance: () => Promise.resolve() };
  const perMs = share * cores;
  let balanceMs = 0;
  let refilledAt = clock.monotonicMs();
  const refill = (): void => {
    const now = clock.monotonicMs();
    balanceMs = Math.min(balanceMs + (now - refilledAt) * perMs, SAVED_MS_MAX * perMs);
    refilledAt = now;
  };
  return {
    charge: (cpuMs) => {
      balanceMs -= cpuMs;
    },
    allowance: async (signal) => {
      for (refill(); balanceMs < 0 && !signal?.aborted; refill())
        await clock.sleep(Math.ceil(-balanceMs / perMs), signal);
    },
  };
}

/** Jobs that may be at work at once without the share being overrun by those already begun. */
export function jobsAtOnce(load: ScanLoad, workers: number): number {
  return load === 'high' ? workers * 16 : 1;
}
