// SPDX-License-Identifier: Apache-2.0
// The state of real-time, from the gate that is connected or from how long none has been: which places are watched, and which are not covered.
import type { GateMessage } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { Configured, Hello } from '@lazaret/host/ports';
import { placesOf, uncoveredEntries } from '../places.ts';
import type { GatePlanner } from '../planner.ts';
import { stateOf, type RealtimeStand } from './state-of.ts';
import { isWatching } from './state-teller.ts';
import type { Place } from '../types.ts';

export interface GateStanding {
  connected(): void;
  lost(): void;
  take(message: Configured | Extract<GateMessage, { type: 'mounts' }>): void;
  /** What the last gate said of its marks; null: none said anything yet. */
  configured(): Configured | null;
  stand(): RealtimeStand;
  /** Whether marks stand by what is wanted now. */
  stands(): boolean;
  watching(): readonly Place[];
  notCovered(): readonly Place[];
}

export interface GateStandingParts {
  readonly clock: Clock;
  readonly supervised: boolean;
  readonly planner: GatePlanner;
  readonly hello: () => Hello | null;
}

export function gateStanding({ clock, supervised, planner, hello }: GateStandingParts): GateStanding {
  let configured: Configured | null = null;
  let lostAtMs: number | null = null;
  const stands = (): boolean => configured !== null && configured.generation >= planner.standing().watchingFrom;
  const stand = (): RealtimeStand => {
    const { wish, otherListener } = planner.standing();
    const lostForMs = lostAtMs === null ? null : clock.monotonicMs() - lostAtMs;
    return stateOf({ supervised, wish, otherListener, hello: hello(), stands: stands(), lostForMs });
  };
  return {
    connected: () => {
      lostAtMs = null;
    },
    lost: () => {
      lostAtMs = clock.monotonicMs();
    },
    take: (message) => {
      if (message.type === 'configured') configured = message;
      else if (configured !== null) configured = { ...configured, ...message, type: 'configured' };
    },
    configured: () => configured,
    stand,
    stands,
    watching: () =>
      isWatching(stand()) && configured !== null ? placesOf(configured.watching, configured.moreWatching) : [],
    notCovered: () => [
      ...(configured === null ? [] : placesOf(configured.notCovered, configured.moreNotCovered)),
      ...uncoveredEntries(planner.current()?.warnings ?? [], planner.entryPath),
    ],
  };
}
