// SPDX-License-Identifier: Apache-2.0
// Decides the state of real-time, and the reason for it, from the known facts. Pure. It prefers the safe value: the state is never *on* unless a gate says so.
import type { RealtimeState, RealtimeWhy } from '@lazaret/contract';
import type { Hello } from '@lazaret/host/ports';
import type { Wish } from './week.ts';

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
  /** A sentence for people, and the same as a word that a page can say in any language, with what the system adds to it. */
  readonly reason: string | null;
  readonly why: RealtimeWhy | null;
  readonly detail: string | null;
}

const ON: RealtimeStand = { state: 'on', reason: null, why: null, detail: null };

function stand(state: RealtimeState, why: RealtimeWhy, reason: string, detail: string | null = null): RealtimeStand {
  return { state, reason, why, detail };
}

/** The supervisor holds opens while a gate is replaced, and answers them by the deadline rule. */
const REPLACED_WITHIN_MS = 5_000;

export function stateOf(facts: StateFacts): RealtimeStand {
  const { wish, otherListener, hello, stands, lostForMs } = facts;
  if (wish === 'off') return stand('off', 'policy', 'switched off by the policy');
  if (wish === 'off-by-schedule') return stand('off-by-schedule', 'schedule', 'outside the weekly schedule');
  if (!facts.supervised) return stand('degraded', 'no-supervisor', 'the agent was not started by lazaret-supervisor');
  if (otherListener !== null) {
    const reason = `${otherListener} already intercepts opens of files on this VM`;
    return stand('refused', 'other-product', reason, otherListener);
  }
  if (hello === null) return withoutGate(stands, lostForMs);
  if (!stands) return stand('starting', 'setting-marks', 'the gate is setting its marks in the kernel');
  const why = hello.reason ?? 'the kernel does not provide permission events here';
  switch (hello.mode) {
    case 'permission':
      return ON;
    case 'notification':
      return stand(
        'degraded',
        'notify-only',
        `files are scanned after they are written, and opens do not wait for a verdict: ${why}`,
        hello.reason,
      );
    case 'none':
      return stand('degraded', 'nothing-scanned', `nothing is scanned in real time: ${why}`, hello.reason);
  }
}

function withoutGate(stood: boolean, lostForMs: number | null): RealtimeStand {
  if (lostForMs === null) return stand('starting', 'waiting-for-gate', 'waiting for the gate');
  if (stood && lostForMs < REPLACED_WITHIN_MS) return ON;
  return stand('degraded', 'gate-down', 'the gate does not start, so opens are answered by the deadline rule');
}
