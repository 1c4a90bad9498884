// SPDX-License-Identifier: Apache-2.0
// When a message that could not be delivered is tried again: soon at first, then every quarter of an hour, and never given up in silence.

const FIRST_MS = 10_000;
const LONGEST_MS = 900_000;

/** After so long a message is given up, and that is an entry for a person to see. */
export const GIVE_UP_AFTER_MS: number = 3 * 24 * 3_600_000;

/** `attempts`: how many have failed, this one included. `random`: in [0, 1), so that many messages do not come back at one moment. */
export function decideRetry(
  { attempts, createdMs, nowMs }: { readonly attempts: number; readonly createdMs: number; readonly nowMs: number },
  random: number,
): { readonly kind: 'again'; readonly atMs: number } | { readonly kind: 'give-up' } {
  if (nowMs - createdMs >= GIVE_UP_AFTER_MS) return { kind: 'give-up' };
  const pause = Math.min(FIRST_MS * 2 ** Math.min(attempts - 1, 16), LONGEST_MS);
  return { kind: 'again', atMs: Math.round(nowMs + pause * (0.75 + random / 2)) };
}
