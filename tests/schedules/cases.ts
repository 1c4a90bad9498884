// SPDX-License-Identifier: Apache-2.0
// Generated schedules, near everything that bends time: changes of offset, ends of months and years, 29 February, week 53.
import { type Schedule, type Weekday, WEEKDAYS, type WeekRange } from '@lazaret/core';
import { daysFromCivil } from './oracle.ts';

/** Zones by what they do: usual ones, changes at midnight, half an hour, ±14 h and ±12 h, none at all. */
export const ZONES: readonly string[] = [
  'Europe/Berlin',
  'Africa/Cairo',
  'America/New_York',
  'Asia/Tokyo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Havana',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/Santiago',
  'UTC',
  '+14:00',
  '-14:00',
  'Etc/GMT+12',
];

export const FIRST_YEAR = 2010;
export const LAST_YEAR = 2046;

export interface ScheduleCase {
  readonly schedule: Schedule;
  readonly zone: string;
  readonly after: number;
}

/** A small generator of the same numbers for the same seed (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random(choices.length)] as T;
}

/** Half of the moments lie within two days of a change of the zone's clock, a quarter at the end of a month. */
export function makeCase(random: Random, changes: ReadonlyMap<string, readonly number[]>): ScheduleCase {
  const zone = pick(random, ZONES);
  const near = changes.get(zone) ?? [];
  const change = near.length > 0 && random(2) === 0 ? pick(random, near) : null;
  const after = change === null ? randomMoment(random) : change + random(4 * 86_400) * 1_000 - 2 * 86_400_000;
  const own = random(3) === 0 ? pick(random, ZONES) : undefined;
  const schedule = makeSchedule(random, after, own);
  return { schedule, zone: own ?? zone, after: after + pick(random, [0, 0, 1, 500, 999]) };
}

function randomMoment(random: Random): number {
  const year = 2012 + random(26);
  const day = daysFromCivil(year, 1 + random(12), 1) + (random(4) === 0 ? -2 + random(4) : random(31));
  return day * 86_400_000 + random(86_400) * 1_000;
}

function makeSchedule(random: Random, after: number, zone: string | undefined): Schedule {
  const at = formatTimeOfDay(random(3) === 0 ? random(240) : random(1_440));
  const named = zone === undefined ? {} : { zone };
  switch (random(8)) {
    case 0:
      return { kind: 'hourly', minute: random(60) };
    case 1:
      return { kind: 'daily', at, every: pick(random, ['day', 'weekday'] as const), ...named };
    case 2:
    case 3: {
      const days = random(2) === 0 ? 1 + random(10) : 1 + random(365);
      return { kind: 'daily', at, every: { days, from: makeFrom(random, after) }, ...named };
    }
    case 4:
    case 5: {
      const everyWeeks = random(3) === 0 ? 1 + random(52) : 1 + random(6);
      const from = everyWeeks > 1 || random(2) === 0 ? { from: makeFrom(random, after) } : {};
      return { kind: 'weekly', at, days: makeDays(random), everyWeeks, ...from, ...named };
    }
    case 6:
      return { kind: 'monthly', at, on: { day: random(2) === 0 ? 28 + random(4) : 1 + random(31) }, ...named };
    default:
      return {
        kind: 'monthly',
        at,
        on: { weekday: pick(random, WEEKDAYS), nth: pick(random, [1, 2, 3, 4, 'last'] as const) },
        ...named,
      };
  }
}

function makeDays(random: Random): readonly Weekday[] {
  const days = WEEKDAYS.filter(() => random(3) === 0);
  return days.length === 0 ? [pick(random, WEEKDAYS)] : days;
}

/** A start date before, at or after the moment. */
function makeFrom(random: Random, after: number): string {
  const offset = random(4) === 0 ? random(400) : -random(1_200);
  return new Date(after + offset * 86_400_000).toISOString().slice(0, 10);
}

/** One to five ranges of a week. */
export function makeRanges(random: Random): readonly WeekRange[] {
  return Array.from({ length: 1 + random(5) }, () => {
    const from = random(3) === 0 ? random(240) : random(1_440);
    const to = random(8) === 0 ? 1_440 : (from + 1 + random(random(2) === 0 ? 60 : 1_438)) % 1_440;
    return {
      day: pick(random, WEEKDAYS),
      from: formatTimeOfDay(from),
      to: to === 1_440 ? '24:00' : formatTimeOfDay(to),
    };
  });
}

/** `hh:mm` of minutes since midnight. */
function formatTimeOfDay(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
