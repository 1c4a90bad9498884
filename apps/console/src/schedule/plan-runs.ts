// SPDX-License-Identifier: Apache-2.0
// When the next runs of a schedule are, by the very function that the agent starts scans by. Pure.
import { type Instant, nextRuns, type Schedule, temporal } from '@lazaret/core';

export interface PlannedRun {
  readonly iso: string;
  /** Its clock time differs from the set one: the set one does not exist that day (SC-7). */
  readonly moved: boolean;
}

const RUNS = 5;

export function planRuns(schedule: Schedule, vmZone: string, nowMs: number): readonly PlannedRun[] {
  const after = temporal.Instant.fromEpochMilliseconds(nowMs);
  return nextRuns(schedule, { zone: vmZone, after, count: RUNS }).map((run) => ({
    iso: run.toString(),
    moved: schedule.kind !== 'hourly' && clockOf(run, schedule.zone ?? vmZone) !== schedule.at,
  }));
}

function clockOf(run: Instant, zone: string): string {
  return run.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' });
}
