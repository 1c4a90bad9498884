// SPDX-License-Identifier: Apache-2.0
// Which state real-time is in, and why, from what is known. Pure. The safe value first: it is never called on without a gate that says so.
import type { RealtimeState } from '@lazaret/contract';
import type { Hello } from './gate-link.ts';
import type { Wish } from './plan.ts';

export interface StateFacts {
  readonly supervised: boolean;
  readonly wish: Wish;
  /** Another product that answers the kernel about opens (SY-5). */
  readonly otherListener: string | null;
  readonly hello: Hello | null;
  /** The gate has said that the marks of what is wanted now stand; with a gate that went, that they stood. */
  readonly stands: boolean;
  /** Since when no gate is connected; null where one is, or none ever was. Ms. */
  readonly lostForMs: number | null;
}

export interface RealtimeStand {
  readonly state: RealtimeState;
  readonly reason: string | null;
}

/** The supervisor holds opens while a gate is replaced, and answers them by the deadline rule. */
const REPLACED_WITHIN_MS = 5_000;

export function stateOf(facts: StateFacts): RealtimeStand {
  const { wish, otherListener, hello, stands, lostForMs } = facts;
  if (wish === 'off') return { state: 'off', reason: 'switched off by the policy' };
  if (wish === 'off-by-schedule') return { state: 'off-by-schedule', reason: 'outside the weekly schedule' };
  if (!facts.supervised) return { state: 'degraded', reason: 'the agent was not started by lazaret-supervisor' };
  if (otherListener !== null) {
    return { state: 'refused', reason: `${otherListener} answers the kernel about opens of files on this VM` };
  }
  if (hello === null) return withoutGate(stands, lostForMs);
  if (!stands) return { state: 'starting', reason: 'the gate sets its marks' };
  if (hello.mode === 'notification') {
    const why = hello.reason ?? 'the kernel gives no permission events here';
    return { state: 'degraded', reason: `files are scanned after they were written, opens are not held: ${why}` };
  }
  return { state: 'on', reason: null };
}

function withoutGate(stood: boolean, lostForMs: number | null): RealtimeStand {
  if (lostForMs === null) return { state: 'starting', reason: 'waiting for the gate' };
  if (stood && lostForMs < REPLACED_WITHIN_MS) return { state: 'on', reason: null };
  return { state: 'degraded', reason: 'the gate does not come up: opens are answered by the deadline rule' };
}
