// SPDX-License-Identifier: Apache-2.0
// Works on many items at once and returns the results in the order of the source, so that a cursor can say that everything before it is done.

export interface Window {
  /** Jobs at work at the same time. */
  readonly atOnceMax: number;
  /** Results held back behind a slow one; when full, nothing new is begun. */
  readonly heldMax: number;
}

interface Slot<R> {
  readonly promise: Promise<void>;
  outcome: { readonly value: R } | { readonly error: unknown } | null;
}

/** Maps `source` through `work`. The first failure of `work` ends it after all that was begun has settled. */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  window: Window,
): AsyncGenerator<R> {
  const queue: Slot<R>[] = [];
  const waiting: (() => void)[] = [];
  let atOnce = 0;
  const begin = (item: T): void => {
    atOnce += 1;
    const slot: Slot<R> = { outcome: null, promise: Promise.resolve() };
    const promise = work(item)
      .then(
        (value) => {
          slot.outcome = { value };
        },
        (error: unknown) => {
          slot.outcome = { error };
        },
      )
      .finally(() => {
        atOnce -= 1;
        waiting.shift()?.();
      });
    queue.push(Object.assign(slot, { promise }));
  };
  try {
    for await (const item of source) {
      while (queue.length >= window.heldMax) yield await takeFirst(queue);
      while (atOnce >= window.atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
      begin(item);
      while (queue[0]?.outcome) yield await takeFirst(queue);
    }
    while (queue.length > 0) yield await takeFirst(queue);
  } finally {
    await Promise.all(queue.map((slot) => slot.promise));
  }
}

async function takeFirst<R>(queue: Slot<R>[]): Promise<R> {
  const slot = queue[0];
  if (slot === undefined) throw new Error('takeFirst of an empty window');
  await slot.promise;
  queue.shift();
  if (slot.outcome === null) throw new Error('a settled job without an outcome');
  if ('error' in slot.outcome) throw slot.outcome.error;
  return slot.outcome.value;
}
