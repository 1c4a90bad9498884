// SPDX-License-Identifier: Apache-2.0
// A step of the journey that takes its time, but not for ever.
import { setTimeout as delay } from 'node:timers/promises';
import { LazaretError } from '@lazaret/core';

const STEP_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/** What `look` sees once it is not null. Throws `start.journey` when that does not come. */
export async function until<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  const untilMs = performance.now() + STEP_MS;
  while (performance.now() < untilMs) {
    const seen = await look();
    if (seen !== null) return seen;
    await delay(LOOK_AGAIN_MS);
  }
  throw new LazaretError('start.journey', `This did not happen within a minute: ${what}.`);
}
