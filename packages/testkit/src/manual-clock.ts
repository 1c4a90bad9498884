// SPDX-License-Identifier: Apache-2.0
import type { Clock } from '@lazaret/platform';

export interface ManualClock extends Clock {
  /** Moves time on and wakes, in order, whoever's sleep has ended. */
  advance(ms: number): Promise<void>;
}

/** A clock that stands until it is moved: no test waits for real time. */
export function manualClock(startMs: number): ManualClock {
  let now = startMs;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    nowMs: () => now,
    monotonicMs: () => now - startMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            resolve();
          },
          { once: true },
        );
      }),
    advance: async (ms) => {
      const target = now + ms;
      for (;;) {
        await turn();
        const next = sleepers.toSorted((left, right) => left.until - right.until)[0];
        if (next === undefined || next.until > target) break;
        now = Math.max(now, next.until);
        sleepers = sleepers.filter((other) => other !== next);
        next.wake();
      }
      now = target;
      await turn();
    },
  };
}
