// SPDX-License-Identifier: Apache-2.0
// A queue with limits for running and for waiting items. If it is full, the caller is told so. If items have owners, the owners take turns.

export interface WorkQueue<T> {
  /** False: it is full, and the item is still the caller's. */
  push(item: T): boolean;
  /** Waiting and at work. */
  size(): number;
  /** Takes nothing new; resolves when all that is at work has ended. What waited is handed to `left`. */
  close(left: (item: T) => void): Promise<void>;
}

export interface WorkQueueOptions<T> {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly ownerOf?: (item: T) => number;
  /** At work of one owner. */
  readonly ofOwnerMax?: number;
  /** Must not reject. */
  readonly work: (item: T) => Promise<void>;
  /** After each that has ended. */
  readonly onRoom?: (size: number) => void;
}

export function workQueue<T>(options: WorkQueueOptions<T>): WorkQueue<T> {
  const { atOnceMax, waitingMax, work, onRoom, ownerOf = () => 0 } = options;
  const turns = ownersInTurn<T>(options.ofOwnerMax ?? Infinity);
  const running = new Set<Promise<void>>();
  let closed = false;
  const begin = (): void => {
    while (running.size < atOnceMax) {
      const next = turns.take();
      if (next === null) return;
      const job: Promise<void> = work(next.item).finally(() => {
        running.delete(job);
        turns.done(next.owner);
        begin();
        onRoom?.(turns.size() + running.size);
      });
      running.add(job);
    }
  };
  return {
    push: (item) => {
      if (closed || turns.size() >= waitingMax) return false;
      turns.add(ownerOf(item), item);
      begin();
      return true;
    },
    size: () => turns.size() + running.size,
    close: async (left) => {
      closed = true;
      turns.empty().forEach(left);
      await Promise.all(running);
    },
  };
}

interface OwnersInTurn<T> {
  add(owner: number, item: T): void;
  /** The next whose owner has not its share at work. */
  take(): { readonly owner: number; readonly item: T } | null;
  done(owner: number): void;
  size(): number;
  empty(): readonly T[];
}

function ownersInTurn<T>(atWorkMax: number): OwnersInTurn<T> {
  // In the order of their turns.
  const waiting = new Map<number, T[]>();
  const atWork = new Map<number, number>();
  let count = 0;
  return {
    add: (owner, item) => {
      const own = waiting.get(owner);
      if (own === undefined) waiting.set(owner, [item]);
      else own.push(item);
      count += 1;
    },
    take: () => {
      for (const [owner, items] of waiting) {
        const busy = atWork.get(owner) ?? 0;
        if (busy >= atWorkMax) continue;
        waiting.delete(owner);
        const item = items.shift() as T;
        if (items.length > 0) waiting.set(owner, items);
        atWork.set(owner, busy + 1);
        count -= 1;
        return { owner, item };
      }
      return null;
    },
    done: (owner) => {
      const busy = (atWork.get(owner) ?? 1) - 1;
      if (busy > 0) atWork.set(owner, busy);
      else atWork.delete(owner);
    },
    size: () => count,
    empty: () => {
      const all = [...waiting.values()].flat();
      waiting.clear();
      count = 0;
      return all;
    },
  };
}
