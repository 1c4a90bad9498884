// SPDX-License-Identifier: Apache-2.0
// Whether real-time is wanted now, and until when that holds (RT-4). Asked often; the calendar is asked only where the answer may be another: at the
// edge, under another policy or zone, and when the clock was put back.
import { untilEdgeMs, wishAt, type Wish, type WishFacts } from './plan.ts';

export interface Week {
  now(facts: WishFacts): { readonly wish: Wish; readonly untilEdgeMs: number };
}

export function weekWatch(): Week {
  let known: { readonly name: string; readonly fromMs: number; readonly toMs: number; readonly wish: Wish } | null =
    null;
  return {
    now: (facts) => {
      const { inForce, zone, nowMs } = facts;
      const name = `${inForce.hash} ${zone}`;
      if (known?.name !== name || nowMs < known.fromMs || nowMs >= known.toMs)
        known = { name, fromMs: nowMs, toMs: nowMs + untilEdgeMs(facts), wish: wishAt(facts) };
      return { wish: known.wish, untilEdgeMs: known.toMs - nowMs };
    },
  };
}
