// SPDX-License-Identifier: Apache-2.0
// A second, stupid opinion on schedules, for tests alone. It shares nothing with core: dates are whole numbers of days, every day is walked, and
// what a zone's clock shows comes from Intl, whose offsets are sampled day by day and halved down to the second of each change.
import type { Schedule, WeekRange } from '@lazaret/core';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** A stretch of time with one offset: [from, to) in UTC milliseconds. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** The segments of a zone between two years, as Intl shows its clock. */
export function segmentsOf(zone: string, fromYear: number, toYear: number): readonly Segment[] {
  const end = daysFromCivil(toYear, 1, 1) * DAY_MS;
  const offsetAt = offsetReader(zone);
  const segments: Segment[] = [];
  let from = daysFromCivil(fromYear, 1, 1) * DAY_MS;
  let offset = offsetAt(from);
  for (let time = from + DAY_MS; time <= end; time += DAY_MS) {
    if (offsetAt(time) === offset) continue;
    const change = bisect(time - DAY_MS, time, (moment) => offsetAt(moment) !== offset);
    segments.push({ from, to: change, offset });
    from = change;
    offset = offsetAt(change);
  }
  return [...segments, { from, to: end, offset }];
}

/** First second in (low, high] at which `after` holds. */
function bisect(low: number, high: number, after: (moment: number) => boolean): number {
  let before = low / 1_000;
  let behind = high / 1_000;
  while (behind - before > 1) {
    const middle = Math.floor((before + behind) / 2);
    if (after(middle * 1_000)) behind = middle;
    else before = middle;
  }
  return behind * 1_000;
}

function offsetReader(zone: string): (moment: number) => number {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const offset = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * MINUTE_MS;
    return () => offset;
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (moment) => {
    const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    return daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * MINUTE_MS + second * 1_000 - moment;
  };
}

/** Days since 1970-01-01, by counting leap days. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const years = year - 1;
  const leapDays = (count: number): number => Math.floor(count / 4) - Math.floor(count / 100) + Math.floor(count / 400);
  let days = years * 365 + leapDays(years) - (1969 * 365 + leapDays(1969));
  for (let before = 1; before < month; before++) days += daysInMonth(year, before);
  return days + day - 1;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** A walking date: one day further each time. */
interface Walker {
  days: number;
  year: number;
  month: number;
  day: number;
}

function walkerAt(days: number): Walker {
  const walker = { days: 0, year: 1970, month: 1, day: 1 };
  while (daysFromCivil(walker.year + 1, 1, 1) <= days) walker.year++;
  walker.days = daysFromCivil(walker.year, 1, 1);
  while (walker.days < days) step(walker);
  return walker;
}

function step(walker: Walker): void {
  walker.days++;
  if (++walker.day <= daysInMonth(walker.year, walker.month)) return;
  walker.day = 1;
  if (++walker.month <= 12) return;
  walker.month = 1;
  walker.year++;
}

/** 0 is Monday: 1970-01-01 was a Thursday. */
function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

function dateNumber(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return daysFromCivil(year, month, day);
}

type Dated = Exclude<Schedule, { readonly kind: 'hourly' }>;

/** Whether a date is one of the schedule's, said as the requirement says it. */
function compileMeans(schedule: Dated): (date: Walker) => boolean {
  if (schedule.kind === 'daily') {
    const { every } = schedule;
    if (every === 'day') return () => true;
    if (every === 'weekday') return (date) => weekdayOf(date.days) < 5;
    const start = every.from === undefined ? -Infinity : dateNumber(every.from);
    return (date) => date.days >= start && (every.days === 1 || (date.days - start) % every.days === 0);
  }
  if (schedule.kind === 'weekly') {
    const start = schedule.from === undefined ? -Infinity : dateNumber(schedule.from);
    const monday = Number.isFinite(start) ? start - weekdayOf(start) : 0;
    const interval = schedule.everyWeeks ?? 1;
    const wanted = new Set(schedule.days.map((day) => DAYS.indexOf(day)));
    return (date) =>
      date.days >= start &&
      wanted.has(weekdayOf(date.days)) &&
      (interval === 1 || Math.floor((date.days - monday) / 7) % interval === 0);
  }
  const { on } = schedule;
  if ('day' in on) {
    return (date) => date.day === on.day || (date.day < on.day && date.day === daysInMonth(date.year, date.month));
  }
  const weekday = DAYS.indexOf(on.weekday);
  return (date) => {
    if (weekdayOf(date.days) !== weekday) return false;
    if (on.nth === 'last') return date.day + 7 > daysInMonth(date.year, date.month);
    return date.day > (on.nth - 1) * 7 && date.day <= on.nth * 7;
  };
}

/** SC-7 as it is written: the first of the moments that show this time; where there is none, the end of the gap. */
function momentOf(segments: readonly Segment[], local: number): number {
  const near = segmentNear(segments, local);
  for (let index = Math.max(near - 2, 0); index < Math.min(near + 3, segments.length); index++) {
    const { from, to, offset } = segments[index] as Segment;
    if (local - offset >= from && local - offset < to) return local - offset;
  }
  for (let index = Math.max(near - 2, 1); index < Math.min(near + 3, segments.length); index++) {
    const before = segments[index - 1] as Segment;
    const behind = segments[index] as Segment;
    if (behind.from + before.offset <= local && local < behind.from + behind.offset) return behind.from;
  }
  throw new Error(`oracle: ${local} is outside its years`);
}

function segmentNear(segments: readonly Segment[], moment: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle] as Segment).from <= moment) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The next runs after a moment, in UTC milliseconds, by walking every day (or, for hourly, every minute of the hours near it). */
export function oracleNextRuns(
  schedule: Schedule,
  segments: readonly Segment[],
  after: number,
  count: number,
): readonly number[] {
  if (schedule.kind === 'hourly') return oracleHours(schedule.minute, segments, after, count);
  const [hour = 0, minute = 0] = schedule.at.split(':').map(Number);
  const means = compileMeans(schedule);
  const runs: number[] = [];
  const walker = walkerAt(Math.floor(after / DAY_MS) - 3);
  let last = after;
  while (runs.length < count) {
    if (means(walker)) {
      const moment = momentOf(segments, walker.days * DAY_MS + (hour * 60 + minute) * MINUTE_MS);
      if (moment > last) runs.push((last = moment));
    }
    step(walker);
  }
  return runs;
}

function oracleHours(minute: number, segments: readonly Segment[], after: number, count: number): readonly number[] {
  const runs: number[] = [];
  for (let moment = Math.floor(after / MINUTE_MS) * MINUTE_MS; runs.length < count; moment += MINUTE_MS) {
    const { offset } = segments[segmentNear(segments, moment)] as Segment;
    const shown = ((((moment + offset) / MINUTE_MS) % 60) + 60) % 60;
    if (moment > after && shown === minute) runs.push(moment);
  }
  return runs;
}

/** Whether one of the ranges holds a moment (RT-4), over the dates around it. */
export function oracleWithin(ranges: readonly WeekRange[], segments: readonly Segment[], moment: number): boolean {
  return stretches(ranges, segments, moment, 3).some(([from, to]) => from <= moment && moment < to);
}

/** The first moment after this one at which the answer changes, looking 30 days ahead; null when it does not. */
export function oracleNextEdge(
  ranges: readonly WeekRange[],
  segments: readonly Segment[],
  after: number,
): { readonly at: number; readonly within: boolean } | null {
  const all = stretches(ranges, segments, after, 30);
  const horizon = after + 22 * DAY_MS;
  const holds = (moment: number): boolean => all.some(([from, to]) => from <= moment && moment < to);
  const now = holds(after);
  const edges = [...new Set(all.flat())].filter((edge) => edge > after && edge < horizon).toSorted((a, b) => a - b);
  const at = edges.find((edge) => holds(edge) !== now);
  return at === undefined ? null : { at, within: !now };
}

function stretches(
  ranges: readonly WeekRange[],
  segments: readonly Segment[],
  moment: number,
  days: number,
): readonly (readonly [number, number])[] {
  const today = Math.floor(moment / DAY_MS);
  const found: (readonly [number, number])[] = [];
  for (let date = today - 4; date <= today + days; date++) {
    for (const range of ranges.filter(({ day }) => DAYS.indexOf(day) === weekdayOf(date))) {
      const from = minutesOf(range.from);
      const to = minutesOf(range.to) + (minutesOf(range.to) <= from ? 1_440 : 0);
      found.push([
        momentOf(segments, date * DAY_MS + from * MINUTE_MS),
        momentOf(segments, date * DAY_MS + to * MINUTE_MS),
      ]);
    }
  }
  return found.filter(([from, to]) => from < to);
}

function minutesOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}
