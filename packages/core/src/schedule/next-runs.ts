// SPDX-License-Identifier: Apache-2.0
// The next runs of a schedule (SC-2…SC-4, SC-7, PF-1). The schedule must have been checked (check.ts): here nothing is doubted any more.
import { type Instant, temporal } from '../temporal.ts';
import { firstDateFrom } from './dates.ts';
import { clockOf, dateOf, instantOf, isBefore, nextTransition } from './local-time.ts';
import { parseTimeOfDay } from './time-of-day.ts';
import type { Schedule } from './types.ts';

const HOUR_MS = 3_600_000;

/** How a schedule is asked. `zone`: of the VM, where the schedule names none. `after` is exclusive. */
export interface NextRunsOptions {
  readonly zone: string;
  readonly after: Instant;
  readonly count: number;
  /** No run after this moment (inclusive); absent = however far. */
  readonly until?: Instant;
}

/** The next `count` runs, in order, each later than the one before. Fewer only where `until` or the end of time cuts them off. */
export function nextRuns(schedule: Schedule, options: NextRunsOptions): readonly Instant[] {
  const runs: Instant[] = [];
  for (const run of iterateRuns(schedule, options.zone, options.after)) {
    if (runs.length >= options.count || (options.until !== undefined && isBefore(options.until, run))) break;
    runs.push(run);
  }
  return runs;
}

/** All runs after a moment, as long as somebody asks for the next. */
function* iterateRuns(schedule: Schedule, vmZone: string, moment: Instant): Generator<Instant, void> {
  const after = isBefore(moment, EARLIEST) ? EARLIEST : moment;
  if (!isBefore(after, LATEST)) return;
  if (schedule.kind === 'hourly') {
    yield* iterateHours(schedule.minute, vmZone, after);
    return;
  }
  const zone = schedule.zone ?? vmZone;
  const minutes = parseTimeOfDay(schedule.at) ?? 0;
  let last = after;
  // No earlier date can still have its run before it: local-time.ts never puts a run behind the midnight that ends its date.
  let date = firstDateFrom(schedule, dateOf(after, zone));
  for (;;) {
    const run = instantOf(date, minutes, zone);
    // Two dates can fall on one moment where a zone left out a day: that is one run.
    if (!isBefore(run, LATEST)) return;
    if (isBefore(last, run)) {
      yield run;
      last = run;
    }
    date = firstDateFrom(schedule, date.add({ days: 1 }));
  }
}

/** Temporal ends in the year 275760 and begins as far back; nobody waits for either. */
const LATEST = temporal.Instant.from('+275000-01-01T00:00:00Z');
const EARLIEST = temporal.Instant.from('0001-01-01T00:00:00Z');

/**
 * PF-1a: every moment at which the zone's clock shows this minute. An hour that comes twice has two runs, because an hour passes between
 * them; an hour that is left out has none.
 */
function* iterateHours(minute: number, zone: string, after: Instant): Generator<Instant, void> {
  // Runs lie on whole seconds: the first whole millisecond after the moment is early enough.
  let from = temporal.Instant.fromEpochMilliseconds(after.epochMilliseconds + 1);
  while (isBefore(from, LATEST)) {
    const change = nextTransition(from, zone);
    let run = firstWithMinute(from, minute, zone);
    // Up to the next change of the offset, full hours keep the minute.
    while (change === null || isBefore(run, change)) {
      yield run;
      run = run.add({ milliseconds: HOUR_MS });
    }
    from = change;
  }
}

/** The first moment from `from` on at which the clock shows the minute, as if the offset stayed. */
function firstWithMinute(from: Instant, minute: number, zone: string): Instant {
  const clock = clockOf(from, zone);
  const elapsedMs = clock.minute * 60_000 + clock.elapsedMs;
  const waitMs = (minute * 60_000 - elapsedMs + HOUR_MS) % HOUR_MS;
  return from.add({ milliseconds: waitMs });
}
