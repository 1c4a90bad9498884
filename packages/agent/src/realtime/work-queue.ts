// SPDX-License-Identifier: Apache-2.0
// A queue with an end: so many at work, so many waiting, and who pushes more is told.

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
  /** Must not reject. */
  readonly work: (item: T) => Promise<void>;
  /** After each that has ended. */
  readonly onRoom?: (size: number) => void;
}

export function workQueue<T>({ atOnceMax, waitingMax, work, onRoom }: WorkQueueOptions<T>): WorkQueue<T> {
  let waiting: T[] = [];
  const running = new Set<Promise<void>>();
  let closed = false;
  const begin = (): void => {
    while (!closed && running.size < atOnceMax) {
      const item = waiting.shift();
      if (item === undefined) return;
      const job: Promise<void> = work(item).finally(() => {
        running.delete(job);
        begin();
        onRoom?.(waiting.length + running.size);
      });
      running.add(job);
    }
  };
  return {
    push: (item) => {
      if (closed || waiting.length >= waitingMax) return false;
      waiting.push(item);
      begin();
      return true;
    },
    size: () => waiting.length + running.size,
    close: async (left) => {
      closed = true;
      const over = waiting;
      waiting = [];
      over.forEach(left);
      await Promise.all(running);
    },
  };
}
