// SPDX-License-Identifier: Apache-2.0
// One file has one action at a time: the same object is often detected at many opens before the first action is done. Remembers, too, which names we
// have taken away ourselves, so that a later detection at such a name is "gone", not a failure.
import { overlayViews, type FileIdentity, type OverlayViews } from '@lazaret/host';

const REMOVED_MAX = 10_000;

export interface ObjectsAtWork {
  readonly overlays: OverlayViews;
  /** Runs `work` after all that was begun for the same object. */
  inTurn<T>(identity: FileIdentity, work: () => Promise<T>): Promise<T>;
  noteRemoved(identity: FileIdentity, path: Buffer): void;
  wasRemoved(identity: FileIdentity, path: Buffer): boolean;
}

export function objectsAtWork(monotonicMs: () => number = () => performance.now()): ObjectsAtWork {
  const turns = new Map<string, Promise<unknown>>();
  const removed = new Set<string>();
  const nameOf = (identity: FileIdentity, path: Buffer): string => `${keyOf(identity)} ${path.toString('latin1')}`;
  return {
    overlays: overlayViews(monotonicMs),
    inTurn: (identity, work) => {
      const key = keyOf(identity);
      const mine = (turns.get(key) ?? Promise.resolve()).then(work);
      const settled = mine.then(
        () => {},
        () => {},
      );
      turns.set(key, settled);
      void settled.then(() => turns.get(key) === settled && turns.delete(key));
      return mine;
    },
    noteRemoved: (identity, path) => {
      removed.add(nameOf(identity, path));
      const [oldest] = removed;
      if (removed.size > REMOVED_MAX && oldest !== undefined) removed.delete(oldest);
    },
    wasRemoved: (identity, path) => removed.has(nameOf(identity, path)),
  };
}

function keyOf({ device, inode, handle }: FileIdentity): string {
  return `${device}:${inode}:${handle ?? ''}`;
}
