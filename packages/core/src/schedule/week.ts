// SPDX-License-Identifier: Apache-2.0
// Real-time's week (RT-4): whether it scans at a moment, and when that changes. Each range of each date is a stretch of real time from the moment
// of its start to the moment of its end (SC-7 decides both), end not included; "on" is inside any of them.
import { type Instant, type PlainDate, temporal } from '../temporal.ts';
import { dayNumber } from './dates.ts';
import { dateOf, instantOf, isBefore } from './local-time.ts';
import { parseTimeOfDay } from './time-of-day.ts';
import type { WeekRange, WeekSchedule } from './types.ts';

/** A change of state: from `at` on, real-time is on or off by schedule. */
export interface WeekEdge {
  readonly at: Instant;
  readonly within: boolean;
}

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** Days looked ahead for an edge. A range that falls into a gap is gone for that week, so one week is not enough. */
const EDGE_DAYS = 23;

/** Whether real-time scans at this moment. */
export function isWithin(schedule: WeekSchedule, instant: Instant, vmZone: string): boolean {
  if (schedule.kind === 'always') return true;
  const zone = schedule.zone ?? vmZone;
  return stretchesAround(schedule.ranges, zone, dateOf(instant, zone), 0).some((stretch) => holds(stretch, instant));
}

/** The next change after a moment (exclusive), or null where there is none: always on, or ranges without a hole. */
export function nextEdge(schedule: WeekSchedule, after: Instant, vmZone: string): WeekEdge | null {
  if (schedule.kind === 'always') return null;
  const zone = schedule.zone ?? vmZone;
  const stretches = merge(stretchesAround(schedule.ranges, zone, dateOf(after, zone), EDGE_DAYS));
  const last = stretches.at(-1);
  for (const { from, to } of stretches) {
    if (isBefore(after, from)) return { at: from, within: true };
    if (isBefore(after, to) && to !== last?.to) return { at: to, within: false };
  }
  return null;
}

/** Ranges of the dates from two days before to `days` after: an end over midnight and a left-out day reach that far. */
function stretchesAround(ranges: readonly WeekRange[], zone: string, date: PlainDate, days: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let offset = -2; offset <= days; offset++) {
    const day = date.add({ days: offset });
    for (const range of ranges) {
      if (dayNumber(range.day) !== day.dayOfWeek) continue;
      const stretch = stretchOf(range, day, zone);
      if (isBefore(stretch.from, stretch.to)) stretches.push(stretch);
    }
  }
  return stretches;
}

/** `to` before `from` lies on the next day (RT-4: over midnight). */
function stretchOf(range: WeekRange, day: PlainDate, zone: string): Stretch {
  const from = parseTimeOfDay(range.from) ?? 0;
  const to = parseTimeOfDay(range.to, { midnightAsEnd: true }) ?? 0;
  const endDay = to <= from ? day.add({ days: 1 }) : day;
  return { from: instantOf(day, from, zone), to: instantOf(endDay, to, zone) };
}

/** Overlapping and touching stretches become one: between them nothing changes. */
function merge(stretches: Stretch[]): readonly Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches.toSorted((left, right) => temporal.Instant.compare(left.from, right.from))) {
    const previous = merged.at(-1);
    if (previous === undefined || isBefore(previous.to, stretch.from)) merged.push(stretch);
    else if (isBefore(previous.to, stretch.to)) merged[merged.length - 1] = { from: previous.from, to: stretch.to };
  }
  return merged;
}

function holds(stretch: Stretch, instant: Instant): boolean {
  return !isBefore(instant, stretch.from) && isBefore(instant, stretch.to);
}
