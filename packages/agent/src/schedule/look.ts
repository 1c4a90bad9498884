// SPDX-License-Identifier: Apache-2.0
// What one look at a schedule decides, from what is in force, what was decided before, and a clock that may have been moved (SC-8). Pure.
import { decideDue, nextRuns, temporal, type DueDecision, type Schedule } from '@lazaret/core';

export interface DutyRule {
  readonly schedule: Schedule;
  readonly missed: 'once' | 'skip';
  /** SC-9: this VM's place in the window over which starts are spread. */
  readonly delayMs: number;
}

export type Due = Exclude<DueDecision, { kind: 'none' }>;

export interface Look {
  /** Null: switched off. */
  readonly rule: DutyRule | null;
  readonly nowMs: number;
  readonly zone: string;
  /** Up to when all was decided; null: this is the first look. */
  readonly decidedMs: number | null;
}

export interface LookDecision {
  /** Up to when all is decided now; null: nothing need be written down. */
  readonly noteMs: number | null;
  readonly due: Due | null;
  /** The clock stood ahead, and all up to then was decided by it; null: it did not. */
  readonly wentBackFromMs: number | null;
  /** For so long nothing can come due. */
  readonly waitMs: number;
}

/** A jump of the clock, or a changed policy, is noticed after so long at most. */
const LOOK_AGAIN_MS = 15_000;

/** Nothing due: up to when that was decided is noted so often. */
const WRITE_AGAIN_MS = 600_000;

/**
 * A clock that goes back by less than this (a correction, or an hour set wrongly) is waited out, so that nothing is started twice. What was
 * decided further ahead was decided by a clock that was wrong: to wait for it would be no scan for days.
 */
const CLOCK_BACK_MS = 3_600_000;

/** A timer's own lateness is no miss. */
const TOLERANCE_MS = 120_000;

export function decideLook({ rule, nowMs, zone, decidedMs }: Look): LookDecision {
  const nothing = { noteMs: null, due: null, wentBackFromMs: null, waitMs: LOOK_AGAIN_MS };
  // What comes due while it is off is not made up.
  if (rule === null) return { ...nothing, noteMs: nowMs };
  // Spread: everything is seen as many milliseconds later as this VM stands in the window.
  const nominalMs = nowMs - rule.delayMs;
  if (decidedMs !== null && decidedMs - nowMs > CLOCK_BACK_MS)
    return { ...nothing, noteMs: nominalMs, wentBackFromMs: decidedMs, waitMs: 1 };
  // The clock went back a little, or the delay grew: nothing is decided twice.
  if (decidedMs !== null && decidedMs > nominalMs) return nothing;
  const now = instant(nominalMs);
  const decided = instant(decidedMs ?? nominalMs);
  const { schedule, missed } = rule;
  const decision = decideDue(schedule, { zone, decided, now, missed, toleranceMs: TOLERANCE_MS });
  const due = decision.kind === 'none' ? null : decision;
  const isToNote = due !== null || decidedMs === null || nominalMs - decidedMs >= WRITE_AGAIN_MS;
  const [next] = nextRuns(schedule, { zone, after: now, count: 1 });
  const untilMs = next === undefined ? LOOK_AGAIN_MS : next.epochMilliseconds - nominalMs;
  return {
    ...nothing,
    noteMs: isToNote ? nominalMs : null,
    due,
    waitMs: Math.max(1, Math.min(untilMs, LOOK_AGAIN_MS)),
  };
}

function instant(ms: number): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
