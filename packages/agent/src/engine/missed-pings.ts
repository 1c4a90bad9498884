// SPDX-License-Identifier: Apache-2.0
// Decides whether a scan process that does not answer pings hangs. It counts beats of the agent's own timer, so time in which the agent itself was stopped does
// not count. Pure.

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
