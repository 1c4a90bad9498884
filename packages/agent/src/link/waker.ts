// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '@lazaret/platform';

/** A wait that can be cut short. A wake that comes while nobody waits counts for the next wait: none is lost. */
export interface Waker {
  wake(): void;
  /** Until woken, or `ms` are over (null: only when woken), or `signal` aborts. */
  wait(ms: number | null, clock: Clock, signal: AbortSignal): Promise<void>;
}

export function waker(): Waker {
  let woken = false;
  let cut: AbortController | null = null;
  return {
    wake: () => {
      woken = true;
      cut?.abort();
    },
    wait: async (ms, clock, signal) => {
      if (!woken && !signal.aborted) {
        cut = new AbortController();
        const either = AbortSignal.any([signal, cut.signal]);
        await (ms === null ? untilAborted(either) : clock.sleep(ms, either));
        cut = null;
      }
      woken = false;
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
