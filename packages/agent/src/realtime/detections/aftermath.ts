// SPDX-License-Identifier: Apache-2.0
// Work that a job still waits for after it has left the queue. So a slow disk delays no scan, and many jobs share one disk write.

export interface Aftermath {
  /** `work` must not reject. */
  add(work: Promise<void>): void;
  size(): number;
  /** Once all that was added has ended. */
  ended(): Promise<void>;
}

/** `onRoom`: after each that has ended. */
export function aftermath(onRoom: () => void = () => {}): Aftermath {
  const running = new Set<Promise<void>>();
  return {
    add: (work) => {
      const tracked: Promise<void> = work.finally(() => {
        running.delete(tracked);
        onRoom();
      });
      running.add(tracked);
    },
    size: () => running.size,
    ended: async () => {
      await Promise.all(running);
    },
  };
}
