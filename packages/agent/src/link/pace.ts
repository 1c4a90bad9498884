// SPDX-License-Identifier: Apache-2.0
// How long an agent waits before it checks in again. Pure: events go in, a time comes out. A thousand agents that lost their manager at the same moment must
// not all come back at the same moment.

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** After a good answer: a manager that answers at once, again and again, must not be asked without end. */
const SHORTEST_MS = 250;
const RETIRED_MS = 3_600_000;

/** `random` from 0 to 1. What the manager asked for (Retry-After) is a lower bound, with up to a quarter on top. */
export function afterFailure(failures: number, retryAfterMs: number | null, random: number): number {
  const cap = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  const jittered = cap / 2 + (cap / 2) * random;
  return Math.round(Math.max(jittered, (retryAfterMs ?? 0) * (1 + random / 4)));
}

/** After an answer that took `tookMs`. */
export function afterAnswer(tookMs: number, random: number): number {
  return tookMs >= SHORTEST_MS ? Math.round(random * 100) : Math.round(SHORTEST_MS * (1 + random));
}

/** A VM that the manager gave up asks now and then whether that still holds. */
export function afterRetirement(random: number): number {
  return Math.round(RETIRED_MS * (0.75 + random / 2));
}
