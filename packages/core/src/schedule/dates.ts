// SPDX-License-Identifier: Apache-2.0
// Which dates a schedule means, without clock or zone (SC-2, SC-3, SC-4). Each form answers "the first date on or after this one" by
// arithmetic, not by walking days: a run in 50 weeks costs what a run tomorrow costs.
import { type PlainDate, temporal } from '../temporal.ts';
import { WEEKDAYS } from './check.ts';
import type { DailySchedule, MonthlySchedule, Schedule, Weekday, WeeklySchedule } from './types.ts';

type DatedSchedule = Exclude<Schedule, { readonly kind: 'hourly' }>;

/** The first date of a schedule on or after `date`. */
export function firstDateFrom(schedule: DatedSchedule, date: PlainDate): PlainDate {
  switch (schedule.kind) {
    case 'daily':
      return dailyFrom(schedule.every, date);
    case 'weekly':
      return weeklyFrom(schedule, date);
    case 'monthly':
      return monthlyFrom(schedule.on, date);
  }
}

function dailyFrom(every: DailySchedule['every'], date: PlainDate): PlainDate {
  if (every === 'day') return date;
  // SC-2b: Saturday is 6, Sunday 7.
  if (every === 'weekday') return date.dayOfWeek > 5 ? date.add({ days: 8 - date.dayOfWeek }) : date;
  if (every.from === undefined) return date;
  const start = temporal.PlainDate.from(every.from);
  const elapsed = daysBetween(start, date);
  // SC-2c: counted from the start date, whatever months and years lie between.
  return elapsed <= 0 ? start : date.add({ days: (every.days - (elapsed % every.days)) % every.days });
}

function weeklyFrom(schedule: WeeklySchedule, date: PlainDate): PlainDate {
  const interval = schedule.everyWeeks ?? 1;
  const start = schedule.from === undefined ? null : temporal.PlainDate.from(schedule.from);
  // SC-3b: never before the start date …
  const from = start !== null && daysBetween(date, start) > 0 ? start : date;
  const monday = mondayOf(from);
  // … and weeks counted from the Monday of its week.
  const weeks = start === null ? 0 : daysBetween(mondayOf(start), monday) / 7;
  const inThisWeek = weeks % interval === 0 ? dayInWeek(schedule.days, from) : null;
  if (inThisWeek !== null) return inThisWeek;
  return firstDayInWeek(schedule.days, monday.add({ weeks: interval - (weeks % interval) }));
}

function mondayOf(date: PlainDate): PlainDate {
  return date.subtract({ days: date.dayOfWeek - 1 });
}

/** The first of the days in `date`'s week that is not before `date`. */
function dayInWeek(days: readonly Weekday[], date: PlainDate): PlainDate | null {
  const numbers = days.map(dayNumber).filter((day) => day >= date.dayOfWeek);
  return numbers.length === 0 ? null : date.add({ days: Math.min(...numbers) - date.dayOfWeek });
}

function firstDayInWeek(days: readonly Weekday[], monday: PlainDate): PlainDate {
  return monday.add({ days: Math.min(...days.map(dayNumber)) - 1 });
}

function monthlyFrom(on: MonthlySchedule['on'], date: PlainDate): PlainDate {
  const thisMonth = dateInMonth(on, date);
  return daysBetween(date, thisMonth) >= 0 ? thisMonth : dateInMonth(on, date.with({ day: 1 }).add({ months: 1 }));
}

function dateInMonth(on: MonthlySchedule['on'], month: PlainDate): PlainDate {
  // SC-4a: a month without the day has its last day instead.
  if ('day' in on) return month.with({ day: Math.min(on.day, month.daysInMonth) });
  const first = month.with({ day: 1 });
  const firstSuch = 1 + ((dayNumber(on.weekday) - first.dayOfWeek + 7) % 7);
  const nth = on.nth === 'last' ? Math.floor((month.daysInMonth - firstSuch) / 7) : on.nth - 1;
  return month.with({ day: firstSuch + nth * 7 });
}

/** Monday is 1, as in ISO 8601. */
export function dayNumber(day: Weekday): number {
  return WEEKDAYS.indexOf(day) + 1;
}

function daysBetween(from: PlainDate, to: PlainDate): number {
  return from.until(to).days;
}
