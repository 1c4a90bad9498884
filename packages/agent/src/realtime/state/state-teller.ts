// SPDX-License-Identifier: Apache-2.0
// Reports the state of real-time: an event and a log line when it changes, from time to time the places that are not covered, and a gap once if the heartbeat
// of an earlier agent stopped. It owns the heartbeat.
import { heartbeat } from './heartbeat.ts';
import type { RealtimeStand } from './state-of.ts';
import type { Place, RealtimeParts } from '../types.ts';

/** A change of places alone is an event so often at most. */
const PLACES_TOLD_MS = 60_000;
const PLACES_MAX = 256;

export type GapCause = 'supervisor-died' | 'gate-died' | 'overflow';

export interface StateTellerParts {
  readonly parts: Pick<RealtimeParts, 'aliveFile' | 'clock' | 'listener' | 'log' | 'spool' | 'supervisorPid'>;
  readonly watching: () => readonly Place[];
  readonly notCovered: () => readonly Place[];
  /** What changed since then is to be looked at. Whether it was. */
  readonly lookSince: (fromMs: number) => Promise<boolean>;
}

export interface StateTeller {
  /** After whatever may have changed the state. `stands`: marks stand. */
  update(stand: RealtimeStand, stands: boolean): void;
  gap(cause: GapCause, fromMs: number, toMs: number): void;
  /** An orderly end: what follows is no gap. */
  rest(): void;
}

export function stateTeller({ parts, watching, notCovered, lookSince }: StateTellerParts): StateTeller {
  const { clock, listener, log, spool } = parts;
  const beat = heartbeat(parts.aliveFile, clock, parts.supervisorPid ?? process.pid);
  let told: { readonly state: string; readonly places: string; readonly atMs: number } | null = null;
  let started = false;
  /** Until then the file of the earlier life stands: an agent that dies over the walk is followed by one that finds the same gap. */
  let gapLookedAt = beat.gapSinceMs === null;

  const gap: StateTeller['gap'] = (cause, fromMs, toMs) => {
    const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
    spool.append('realtime.gap', { cause, from, to }, true);
    listener?.gap(cause, fromMs, toMs);
  };
  const begin = (): void => {
    listener?.ready({ watching: watching(), notCovered: notCovered() });
    if (started) return;
    started = true;
    if (beat.gapSinceMs === null) return;
    gap('supervisor-died', beat.gapSinceMs, clock.nowMs());
    void lookSince(beat.gapSinceMs).then((seen) => {
      gapLookedAt = seen;
    });
  };
  const tell = ({ state, reason, why }: RealtimeStand, uncovered: readonly Place[]): void => {
    const places = uncovered.slice(0, PLACES_MAX).map((place) => {
      const { mountPoint, fileSystemType } = place;
      return { mountPoint, fileSystemType, why: place.why };
    });
    spool.append('realtime.state', { state, reason, why, notCovered: places });
    log.info({ state, reason }, 'real-time');
  };
  return {
    gap,
    rest: () => beat.rest(),
    update: (stand, stands) => {
      const { state, reason } = stand;
      // Before anybody is told: who relies on what was told must find the gap.
      if (state === 'on' && gapLookedAt) beat.beat();
      else if (state !== 'starting') beat.rest();
      const uncovered = notCovered();
      const now = { state: `${state} ${reason}`, places: JSON.stringify(uncovered), atMs: clock.monotonicMs() };
      const changed = told?.state !== now.state;
      const isDue = told?.places !== now.places && now.atMs - (told?.atMs ?? 0) >= PLACES_TOLD_MS;
      if (!changed && !isDue) return;
      told = now;
      tell(stand, uncovered);
      if (changed && isWatching(stand) && stands) begin();
      if (changed) listener?.state(state, reason);
    },
  };
}

export function isWatching({ state }: Pick<RealtimeStand, 'state'>): boolean {
  return state === 'on' || state === 'degraded';
}
