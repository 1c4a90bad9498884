// SPDX-License-Identifier: Apache-2.0
// The only clock and timer of the agent; tests hand in another.

export interface Clock {
  /** Milliseconds since 1970 (UTC), as the machine believes. */
  nowMs(): number;
  /** Milliseconds that only grow, whatever is done to the machine's clock. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Until the next whole multiple of `periodMs` of the monotonic clock, or until `signal` aborts. Who only looks again now and then uses this: all of them
 * wake together, and an idle VM's processor sleeps in between.
 */
export function sleepToBeat(clock: Clock, periodMs: number, signal?: AbortSignal): Promise<void> {
  const leftMs = periodMs - (clock.monotonicMs() % periodMs);
  // A timer may fire a moment early: that beat has been.
  return clock.sleep(Math.ceil(leftMs < periodMs / 4 ? leftMs + periodMs : leftMs), signal);
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal?.addEventListener('abort', finish, { once: true });
    }),
};
