// SPDX-License-Identifier: Apache-2.0
// Allows one action at a time for each file, because an object is often detected at many opens before the first action ends. It also remembers which names the
// agent has removed, so that a later detection at such a name is reported as "gone" and not as a failure.
import type { Host, ObjectId, OverlayViews } from '@lazaret/host/ports';

const REMOVED_MAX = 10_000;

export interface ObjectsAtWork {
  readonly overlays: OverlayViews;
  /** Runs `work` after all that was begun for the same object. */
  inTurn<T>(object: ObjectId, work: () => Promise<T>): Promise<T>;
  noteRemoved(object: ObjectId, path: Buffer): void;
  wasRemoved(object: ObjectId, path: Buffer): boolean;
}

export function objectsAtWork(
  source: Pick<Host['realtime'], 'overlayViews'>,
  monotonicMs: () => number = () => performance.now(),
): ObjectsAtWork {
  const turns = new Map<ObjectId, Promise<unknown>>();
  const removed = new Set<string>();
  const nameOf = (object: ObjectId, path: Buffer): string => `${object} ${path.toString('latin1')}`;
  return {
    overlays: source.overlayViews(monotonicMs),
    inTurn: (object, work) => {
      const mine = (turns.get(object) ?? Promise.resolve()).then(work);
      const settled = mine.then(
        () => {},
        () => {},
      );
      turns.set(object, settled);
      void settled.then(() => turns.get(object) === settled && turns.delete(object));
      return mine;
    },
    noteRemoved: (object, path) => {
      removed.add(nameOf(object, path));
      const [oldest] = removed;
      if (removed.size > REMOVED_MAX && oldest !== undefined) removed.delete(oldest);
    },
    wasRemoved: (object, path) => removed.has(nameOf(object, path)),
  };
}
