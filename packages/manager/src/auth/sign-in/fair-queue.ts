// SPDX-License-Identifier: Apache-2.0
// A queue for a few places in which the keys take turns: a caller with a thousand requests does not delay a caller with one. Known devices have lanes of their
// own, which strangers cannot fill. It owns no timers; a task that has begun is never stopped.
import type { LazaretError } from '@lazaret/core';

export interface Turn {
  /** Whose turn: a device, an address, a person. */
  readonly key: string;
  readonly known: boolean;
}

export interface FairQueueLimits {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly waitingOfOneMax: number;
}

export interface FairQueue {
  /** Throws what `busy` makes when too many wait – of one key, or of all. */
  run<T>(turn: Turn, task: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (error: LazaretError) => void;
}
/** Keys in the order of their turns. */
type Lanes = Map<string, Waiting[]>;

/** Of four turns a stranger gets one at least. */
const KNOWN_IN_A_ROW = 3;

export function fairQueue(
  { atOnceMax, waitingMax, waitingOfOneMax }: FairQueueLimits,
  busy: () => LazaretError,
): FairQueue {
  const lanes = { known: new Map() as Lanes, strangers: new Map() as Lanes };
  let running = 0;
  let knownInARow = 0;
  const next = (): Waiting | undefined => {
    const takesKnown = lanes.known.size > 0 && (knownInARow < KNOWN_IN_A_ROW || lanes.strangers.size === 0);
    knownInARow = takesKnown ? knownInARow + 1 : 0;
    return takeFirst(takesKnown ? lanes.known : lanes.strangers);
  };
  const wait = (turn: Turn): Promise<void> =>
    new Promise((begin, refuse) => {
      const of = turn.known ? lanes.known : lanes.strangers;
      const lane = of.get(turn.key) ?? [];
      if (lane.length >= waitingOfOneMax || !hasRoom(of, lane.length, waitingMax, busy)) return refuse(busy());
      lane.push({ begin, refuse });
      of.set(turn.key, lane);
    });
  return {
    run: async (turn, task) => {
      if (running >= atOnceMax) await wait(turn);
      else running++;
      try {
        return await task();
      } finally {
        // The place goes to the next in line, or is free.
        const following = next();
        if (following === undefined) running--;
        else following.begin();
      }
    },
  };
}

/** The first of the first lane; the lane goes behind all others. */
function takeFirst(lanes: Lanes): Waiting | undefined {
  const [first] = lanes;
  if (first === undefined) return undefined;
  const [key, lane] = first;
  const taken = lane.shift();
  lanes.delete(key);
  if (lane.length > 0) lanes.set(key, lane);
  return taken;
}

/** Where all places are taken, who waits most often gives way to who waits less often. */
function hasRoom(lanes: Lanes, mine: number, waitingMax: number, busy: () => LazaretError): boolean {
  let waiting = 0;
  let longest: Waiting[] = [];
  for (const lane of lanes.values()) {
    waiting += lane.length;
    if (lane.length > longest.length) longest = lane;
  }
  if (waiting < waitingMax) return true;
  if (longest.length <= mine + 1) return false;
  longest.pop()?.refuse(busy());
  return true;
}
