// SPDX-License-Identifier: Apache-2.0
// Going from one form of a schedule to another keeps what both have: the time and the zone.
import type { DailySchedule, MonthlySchedule, Schedule, WeeklySchedule } from '@lazaret/core';

export type Form = Schedule['kind'];

const TIME_DEFAULT = '02:00';

export function changeForm(schedule: Schedule, kind: Form, today: string): Schedule {
  const at = schedule.kind === 'hourly' ? TIME_DEFAULT : schedule.at;
  const zone = schedule.kind === 'hourly' || schedule.zone === undefined ? {} : { zone: schedule.zone };
  switch (kind) {
    case 'hourly':
      return { kind, minute: 23 };
    case 'daily':
      return { kind, at, every: 'day', ...zone };
    case 'weekly':
      return { kind, at, days: [weekdayOf(today)], ...zone };
    case 'monthly':
      return { kind, at, on: { day: 1 }, ...zone };
  }
}

const DAY_NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

function weekdayOf(date: string): WeeklySchedule['days'][number] {
  return DAY_NAMES[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? 'monday';
}

export function withZone<S extends DailySchedule | WeeklySchedule | MonthlySchedule>(
  schedule: S,
  zone: string | undefined,
): S {
  const { zone: _, ...rest } = schedule;
  return (zone === undefined ? rest : { ...rest, zone }) as S;
}

/** Every week needs no start; every X weeks does. */
export function withEveryWeeks(schedule: WeeklySchedule, everyWeeks: number, today: string): WeeklySchedule {
  const { everyWeeks: _, from, ...rest } = schedule;
  return everyWeeks === 1 ? rest : { ...rest, everyWeeks, from: from ?? today };
}
