// SPDX-License-Identifier: Apache-2.0
// Whether a scan process that answers no ping hangs. Counted in beats of our own timer: a time in which we ourselves stood still is not held against it. Pure.

/** Pings that are due while one is unanswered. RT-9b: what was let through meanwhile must be scanned within 60 s. */
export const PINGS_MISSED_MAX = 4;

export interface MissedPings {
  /** What is due now: a ping, to wait for the answer to the last one, or to end who does not answer. */
  readonly beat: () => 'ping' | 'wait' | 'hung';
  readonly answered: () => void;
}

export function missedPings(): MissedPings {
  let isWaiting = false;
  let missed = 0;
  return {
    beat: () => {
      if (!isWaiting) {
        isWaiting = true;
        missed = 0;
        return 'ping';
      }
      missed += 1;
      return missed < PINGS_MISSED_MAX ? 'wait' : 'hung';
    },
    answered: () => {
      isWaiting = false;
    },
  };
}
