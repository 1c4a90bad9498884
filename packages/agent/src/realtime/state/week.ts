// SPDX-License-Identifier: Apache-2.0
// Whether real-time is wanted now, and until when (RT-4). It is asked often, so it computes again only when the answer can change: at the end of a time range,
// with another policy or time zone, and when the clock was set back.
import { isWithin, nextEdge, temporal } from '@lazaret/core';
import type { PolicyInForce } from '../../policy/index.ts';

export interface WishFacts {
  readonly inForce: Pick<PolicyInForce, 'policy' | 'hash'>;
  readonly nowMs: number;
  readonly zone: string;
}

/** Off, and why – or on. */
export type Wish = 'on' | 'off' | 'off-by-schedule';

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

/** RT-4: by the policy's switch and its week. */
function wishAt({ inForce, nowMs, zone }: WishFacts): Wish {
  const { enabled, schedule } = inForce.policy.realtime;
  if (!enabled) return 'off';
  return isWithin(schedule, instantOf(nowMs), zone) ? 'on' : 'off-by-schedule';
}

/** Infinity where no edge comes. */
function untilEdgeMs({ inForce, nowMs, zone }: WishFacts): number {
  const edge = nextEdge(inForce.policy.realtime.schedule, instantOf(nowMs), zone);
  return edge === null ? Infinity : edge.at.epochMilliseconds - nowMs;
}

function instantOf(ms: number): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
