// SPDX-License-Identifier: Apache-2.0
// A week of ranges as minutes and back, for the grid. Pure; the list keeps ranges as a person wrote them, only painting makes them anew.
import { parseTimeOfDay, WEEKDAYS, type WeekRange } from '@lazaret/core';

const DAY = 1_440;
const WEEK = 7 * DAY;

/** Which minutes of the week, Monday 00:00 first, lie in a range. A range over midnight goes on in the next day, Sunday's in Monday. */
export function minutesOfRanges(ranges: readonly WeekRange[]): Uint8Array {
  const minutes = new Uint8Array(WEEK);
  for (const { day, from, to } of ranges) {
    const start = parseTimeOfDay(from);
    const end = parseTimeOfDay(to, { midnightAsEnd: true });
    const first = WEEKDAYS.indexOf(day) * DAY;
    if (start === null || end === null || start === end || first < 0) continue;
    const length = end > start ? end - start : end + DAY - start;
    for (let offset = 0; offset < length; offset++) minutes[(first + start + offset) % WEEK] = 1;
  }
  return minutes;
}

/** The fewest ranges within single days for these minutes. */
export function rangesOfMinutes(minutes: Uint8Array): WeekRange[] {
  return WEEKDAYS.flatMap((day, index) => {
    const ranges: WeekRange[] = [];
    let from = -1;
    for (let minute = 0; minute <= DAY; minute++) {
      const on = minute < DAY && minutes[index * DAY + minute] === 1;
      if (on && from < 0) from = minute;
      if (!on && from >= 0) {
        ranges.push({ day, from: formatMinute(from), to: formatMinute(minute) });
        from = -1;
      }
    }
    return ranges;
  });
}

/** 22:00–06:00 ends on the next day. */
export function isOverMidnight({ from, to }: WeekRange): boolean {
  const [start, end] = [parseTimeOfDay(from), parseTimeOfDay(to)];
  return start !== null && end !== null && end < start;
}

export function dayAfter(day: WeekRange['day']): WeekRange['day'] {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 1) % 7] ?? day;
}

export type HourFill = 'none' | 'some' | 'all';

export function fillOfHour(minutes: Uint8Array, day: number, hour: number): HourFill {
  const start = day * DAY + hour * 60;
  const on = minutes.subarray(start, start + 60).reduce((sum, minute) => sum + minute, 0);
  if (on === 0) return 'none';
  return on === 60 ? 'all' : 'some';
}

export function withHour(minutes: Uint8Array, day: number, hour: number, on: boolean): Uint8Array {
  const next = minutes.slice();
  const start = day * DAY + hour * 60;
  next.fill(on ? 1 : 0, start, start + 60);
  return next;
}

function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
