// SPDX-License-Identifier: Apache-2.0
// RELOAD, which every user of the VM may ask for. Only one look for new patterns runs at a time, and a pause follows each. A client that asks during a look or
// a pause is answered at once; after the pause one more look is taken for all of these clients, so that no change is missed.
import type { Clock } from '@lazaret/platform';

export interface Reloads {
  /** Resolves when a look has ended, or at once where one will be taken later. Rejects as the look does. */
  ask(): Promise<void>;
  /** No further look is begun. */
  close(): void;
}

/** From the end of a look to the next. */
export const RELOAD_PAUSE_MS = 10_000;

export function reloads(look: () => Promise<void>, clock: Pick<Clock, 'sleep'>): Reloads {
  const closing = new AbortController();
  let resting: Promise<void> | null = null;
  let wanted = false;
  const rest = async (): Promise<void> => {
    await clock.sleep(RELOAD_PAUSE_MS, closing.signal);
    resting = null;
    if (!wanted || closing.signal.aborted) return;
    // Nobody waits for it: what is wrong with the patterns is told by the agent's own look.
    await begin().catch(() => {});
  };
  const begin = async (): Promise<void> => {
    wanted = false;
    const ended = look();
    resting = ended.catch(() => {}).then(rest);
    await ended;
  };
  return {
    ask: async () => {
      if (closing.signal.aborted) return;
      if (resting === null) return await begin();
      wanted = true;
    },
    close: () => closing.abort(),
  };
}
