// SPDX-License-Identifier: Apache-2.0
// Many that wait for the disk share one write: who comes while one is under way waits for the next, together with all others that came.

/** `sync` makes durable what was written before it began. The result resolves when that holds for its caller. */
export function sharedSync(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    running = sync().finally(() => {
      running = null;
    });
    return running;
  };
  const follow = (before: Promise<void>): Promise<void> =>
    before
      .catch(() => undefined) // told to those who waited for it
      .then(() => {
        next = null;
        return begin();
      });
  return () => {
    if (running === null) return next ?? begin();
    next ??= follow(running);
    return next;
  };
}
