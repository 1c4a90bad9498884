// SPDX-License-Identifier: Apache-2.0
// What is wrong with a schedule (SC-2…SC-5, RT-4, PF-1). The shape is checked by contract; here are the ranges and the rules between fields.
import type { Fault, FaultCode } from '../fault.ts';
import { isZone, parseDate } from '../temporal.ts';
import { parseTimeOfDay } from './time-of-day.ts';
import type {
  DailySchedule,
  MonthlySchedule,
  Schedule,
  SchedulePurpose,
  Weekday,
  WeeklySchedule,
  WeekRange,
  WeekSchedule,
} from './types.ts';

/** Monday first, as ISO 8601 counts. */
export const WEEKDAYS: readonly Weekday[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

/** The longest interval of *every X days* (SC-2c) and *every X weeks* (SC-3b). */
export const EVERY_DAYS_MAX = 365;
export const EVERY_WEEKS_MAX = 52;
/** A week of real-time ranges is bounded, as everything is. */
export const WEEK_RANGES_MAX = 200;

/** The rules that hold for a schedule. `startWindow: 'lifted'` is the provider's choice (SC-5). */
export interface ScheduleRules {
  readonly purpose: SchedulePurpose;
  readonly startWindow?: 'refused' | 'lifted';
}

/** Every fault of a schedule, with the pointer of its field. */
export function findScheduleFaults(schedule: Schedule, rules: ScheduleRules): readonly Fault[] {
  switch (schedule.kind) {
    case 'hourly':
      return [...hourlyPurposeFaults(rules), ...numberFaults(schedule.minute, 0, 59, 'schedule.minute', '/minute')];
    case 'daily':
      return [...commonFaults(schedule, rules), ...everyFaults(schedule.every)];
    case 'weekly':
      return [...commonFaults(schedule, rules), ...weeklyFaults(schedule)];
    case 'monthly':
      return [...commonFaults(schedule, rules), ...onFaults(schedule.on)];
  }
}

/** Every fault of a real-time week (RT-4). */
export function findWeekScheduleFaults(week: WeekSchedule): readonly Fault[] {
  if (week.kind === 'always') return [];
  const count = week.ranges.length;
  const amount =
    count === 0
      ? [
          fault(
            'schedule.ranges',
            '/ranges',
            'A weekly schedule without a range would never scan. Switch real-time scan off instead.',
          ),
        ]
      : count > WEEK_RANGES_MAX
        ? [fault('schedule.ranges', '/ranges', `At most ${WEEK_RANGES_MAX} ranges are allowed, but ${count} are set.`)]
        : [];
  return [
    ...amount,
    ...zoneFaults(week.zone),
    ...week.ranges.slice(0, WEEK_RANGES_MAX).flatMap((range, index) => rangeFaults(range, `/ranges/${index}`)),
  ];
}

function fault(code: FaultCode, path: string, message: string): Fault {
  return { code, path, message };
}

/** PF-1a: *hourly* belongs to pattern updates; a scan of every hour would be one without end. */
function hourlyPurposeFaults(rules: ScheduleRules): readonly Fault[] {
  if (rules.purpose === 'update') return [];
  return [
    fault(
      'schedule.hourly_needs_update',
      '/kind',
      'Only pattern updates can be hourly. A scan is daily, weekly or monthly.',
    ),
  ];
}

function commonFaults(
  schedule: DailySchedule | WeeklySchedule | MonthlySchedule,
  rules: ScheduleRules,
): readonly Fault[] {
  return [...atFaults(schedule.at, rules), ...zoneFaults(schedule.zone)];
}

function atFaults(at: string, rules: ScheduleRules): readonly Fault[] {
  const minutes = parseTimeOfDay(at);
  if (minutes === null) {
    return [
      fault(
        'schedule.at',
        '/at',
        `"${at}" is not a time of day. Write hh:mm from 00:00 to 23:59, with two digits each.`,
      ),
    ];
  }
  // SC-5: the *set* time of a scan; real starts (spread, made up, daylight saving) may fall inside.
  if (rules.purpose === 'scan' && rules.startWindow !== 'lifted' && minutes > 0 && minutes < 60) {
    return [
      fault(
        'schedule.start_window',
        '/at',
        `A scan cannot start at ${at}. Starts from 00:01 to 00:59 are not allowed; use 00:00, or 01:00 to 23:59.`,
      ),
    ];
  }
  return [];
}

function zoneFaults(zone: string | undefined): readonly Fault[] {
  if (zone === undefined || isZone(zone)) return [];
  return [
    fault('schedule.zone', '/zone', `The time zone "${zone}" is not known. Use an IANA name such as Europe/Berlin.`),
  ];
}

function numberFaults(value: number, min: number, max: number, code: FaultCode, path: string): readonly Fault[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [fault(code, path, `${value} is not allowed. Use a whole number from ${min} to ${max}.`)];
}

/** SC-2c, SC-3b: an interval above 1 means nothing without the date that it is counted from. */
function fromFaults(from: string | undefined, interval: number, path: string): readonly Fault[] {
  if (from !== undefined && parseDate(from) === null) {
    return [fault('schedule.from', path, `"${from}" is not a date. Write it like 2027-01-30.`)];
  }
  if (from === undefined && interval > 1) {
    return [fault('schedule.from_required', path, `Every ${interval} needs a start date ("from").`)];
  }
  return [];
}

function everyFaults(every: DailySchedule['every']): readonly Fault[] {
  if (every === 'day' || every === 'weekday') return [];
  if (typeof every === 'string') {
    return [
      fault('schedule.every', '/every', `"${every as string}" is not known. Use "day", "weekday" or {"days", "from"}.`),
    ];
  }
  return [
    ...numberFaults(every.days, 1, EVERY_DAYS_MAX, 'schedule.days', '/every/days'),
    ...fromFaults(every.from, every.days, '/every/from'),
  ];
}

function weekdayFaults(day: string, path: string): readonly Fault[] {
  if ((WEEKDAYS as readonly string[]).includes(day)) return [];
  return [fault('schedule.weekday', path, `"${day}" is not a day of the week. Use ${WEEKDAYS.join(', ')}.`)];
}

function weeklyFaults(schedule: WeeklySchedule): readonly Fault[] {
  const everyWeeks = schedule.everyWeeks ?? 1;
  const days = schedule.days;
  const amount = days.length === 0 ? [fault('schedule.weekday', '/days', 'Name at least one day of the week.')] : [];
  const twice = days.flatMap((day, index) =>
    days.indexOf(day) < index ? [fault('schedule.weekday', `/days/${index}`, `${day} is named twice.`)] : [],
  );
  return [
    ...amount,
    ...days.flatMap((day, index) => weekdayFaults(day, `/days/${index}`)),
    ...twice,
    ...numberFaults(everyWeeks, 1, EVERY_WEEKS_MAX, 'schedule.weeks', '/everyWeeks'),
    ...fromFaults(schedule.from, everyWeeks, '/from'),
  ];
}

/** SC-4: the 32nd and the 5th occurrence are refused; what a month lacks is its last. */
function onFaults(on: MonthlySchedule['on']): readonly Fault[] {
  const has = (field: string): boolean => Object.hasOwn(on, field);
  if (has('day') === (has('weekday') || has('nth'))) {
    return [fault('schedule.on', '/on', 'Set either "day", or "weekday" and "nth".')];
  }
  if ('day' in on) return numberFaults(on.day, 1, 31, 'schedule.day_of_month', '/on/day');
  if (!has('weekday') || !has('nth')) return [fault('schedule.on', '/on', '"weekday" and "nth" belong together.')];
  const known = on.nth === 'last' || (Number.isInteger(on.nth) && on.nth >= 1 && on.nth <= 4);
  const nth = known
    ? []
    : [fault('schedule.nth', '/on/nth', `${String(on.nth)} is not allowed. Use 1, 2, 3, 4 or "last".`)];
  return [...weekdayFaults(on.weekday, '/on/weekday'), ...nth];
}

function rangeFaults(range: WeekRange, path: string): readonly Fault[] {
  const from = parseTimeOfDay(range.from);
  const to = parseTimeOfDay(range.to, { midnightAsEnd: true });
  const faults = [...weekdayFaults(range.day, `${path}/day`)];
  if (from === null)
    faults.push(fault('schedule.at', `${path}/from`, `"${range.from}" is not a time from 00:00 to 23:59.`));
  if (to === null) faults.push(fault('schedule.at', `${path}/to`, `"${range.to}" is not a time from 00:00 to 24:00.`));
  if (from !== null && from === to) {
    faults.push(
      fault(
        'schedule.ranges',
        path,
        `The range from ${range.from} to ${range.to} is empty. The whole day is 00:00 to 24:00.`,
      ),
    );
  }
  return faults;
}
