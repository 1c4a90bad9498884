// SPDX-License-Identifier: Apache-2.0
// What becomes of a run: missed, meeting another, spread (SC-8, SC-9). Decisions alone; the agent's `scan` room holds lock and timer.
import type { Instant } from '../temporal.ts';
import { nextRuns } from './next-runs.ts';
import { isBefore } from './local-time.ts';
import type { Schedule } from './types.ts';

/** More missed runs than these are not told apart: an agent that was off for ten years of hourly runs is late, not busy counting. */
export const MISSED_RUNS_MAX = 100_000;

/** What is due. `planned` is the latest run that came; `skipped` how many before it (or with it) will not be made up. */
export type DueDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'run'; readonly planned: Instant; readonly madeUp: boolean; readonly skipped: number }
  | { readonly kind: 'skip'; readonly planned: Instant; readonly skipped: number };

/**
 * What is due at `now`, when all up to `decided` has been decided before. A run counts as missed once it is later than `toleranceMs`
 * (a timer's own lateness is no miss). However many were missed, at most one is made up (SC-8).
 */
export function decideDue(
  schedule: Schedule,
  question: {
    readonly zone: string;
    readonly decided: Instant;
    readonly now: Instant;
    readonly missed: 'once' | 'skip';
    readonly toleranceMs: number;
  },
): DueDecision {
  const { zone, decided, now, toleranceMs } = question;
  const planned = latestRun(schedule, zone, decided, now);
  if (planned === null) return { kind: 'none' };
  const count = nextRuns(schedule, { zone, after: decided, until: planned, count: MISSED_RUNS_MAX }).length;
  const late = now.epochMilliseconds - planned.epochMilliseconds > toleranceMs;
  if (late && question.missed === 'skip') return { kind: 'skip', planned, skipped: count };
  return { kind: 'run', planned, madeUp: late, skipped: count - 1 };
}

/** The last run in (after, until]. Looks back by growing steps, so that a long absence costs nothing. */
function latestRun(schedule: Schedule, zone: string, after: Instant, until: Instant): Instant | null {
  for (let hours = 24; isBefore(after, until); hours *= 8) {
    const back = until.subtract({ hours });
    const from = isBefore(back, after) ? after : back;
    const latest = nextRuns(schedule, { zone, after: from, until, count: MISSED_RUNS_MAX }).at(-1);
    if (latest !== undefined || from === after) return latest ?? null;
  }
  return null;
}

/** Who wants to scan, or does. */
export type RunOrigin = 'scheduled' | 'manual';

/** What happens to a run that wants to start. */
export type StartDecision = 'start' | 'skip-and-record' | 'pause-running-and-start' | 'wait-for-running';

/**
 * SC-8: runs of one VM never overlap. A scheduled run that meets any other is skipped and recorded – also a paused one, which is still to end.
 * A manual run goes before a scheduled one, which waits; behind another manual run it waits itself.
 */
export function decideStart(wanted: RunOrigin, running: RunOrigin | null): StartDecision {
  if (running === null) return 'start';
  if (wanted === 'scheduled') return 'skip-and-record';
  return running === 'scheduled' ? 'pause-running-and-start' : 'wait-for-running';
}

/**
 * SC-9: how long after its planned time a run starts, in whole seconds within the window. The same seed (the VM's id) always gives the same
 * delay, so a VM's start can be foretold, and different VMs spread evenly.
 */
export function spreadDelayMs(spreadMinutes: number, seed: string): number {
  const windowSeconds = spreadMinutes * 60;
  return windowSeconds <= 0 ? 0 : (hash32(seed) % windowSeconds) * 1_000;
}

/** FNV-1a with a final mix, over UTF-16 code units: spreading needs evenness, not secrecy. */
function hash32(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
