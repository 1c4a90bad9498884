// SPDX-License-Identifier: Apache-2.0
// Error codes: Schedules (SC-2…SC-5, RT-4, PF-1).
import type { ErrorCodeEntry } from './entry.ts';

export const SCHEDULE_CODES = {
  'schedule.at': {
    summary: 'A time of day is not valid.',
    whatToDo: 'Write hh:mm with two digits each, in quotes: "02:30". A range of real-time scan can end at "24:00".',
  },
  'schedule.day_of_month': {
    summary: 'The day of the month is out of range.',
    whatToDo: 'Use 1 to 31. In a month without that day, the last day is used.',
  },
  'schedule.days': {
    summary: 'The interval in days is out of range.',
    whatToDo: 'Use a whole number from 1 to 365.',
  },
  'schedule.every': {
    summary: 'The interval of a daily schedule is not known.',
    whatToDo: 'Use "day", "weekday", or {"days": 3, "from": "2027-01-30"}.',
  },
  'schedule.from': {
    summary: 'The start date is not valid.',
    whatToDo: 'Write an existing date as YYYY-MM-DD.',
  },
  'schedule.from_required': {
    summary: 'An interval above 1 has no start date.',
    whatToDo: 'Add "from", the date to count from. Weeks count from the Monday of its week.',
  },
  'schedule.hourly_needs_update': {
    summary: 'An hourly schedule was set for a scan.',
    whatToDo: 'Only pattern updates can be hourly. A scan is daily, weekly or monthly.',
  },
  'schedule.invalid': {
    summary: 'The value does not have the shape of a schedule.',
    whatToDo: 'docs/reference/schedules.md shows every form.',
  },
  'schedule.minute': {
    summary: 'The minute of an hourly schedule is out of range.',
    whatToDo: 'Use a whole number from 0 to 59.',
  },
  'schedule.nth': {
    summary: 'Not every month has this occurrence of a weekday.',
    whatToDo: 'Use 1, 2, 3, 4 or "last".',
  },
  'schedule.on': {
    summary: 'A monthly schedule has no day, or two different kinds of day.',
    whatToDo: 'Use {"day": 31}, or {"weekday": "monday", "nth": 1}.',
  },
  'schedule.ranges': {
    summary: 'The weekly schedule of real-time scan has no range, too many ranges or an empty range.',
    whatToDo:
      'Give each range a day, a "from" and a different "to". To switch real-time scan off, set enabled to false.',
  },
  'schedule.start_window': {
    summary: 'A scan was set to start between 00:01 and 00:59.',
    whatToDo: 'Use 00:00, or 01:00 to 23:59. This rule does not apply to manual scans and pattern updates.',
  },
  'schedule.weekday': {
    summary: 'A weekday is missing, unknown or named twice.',
    whatToDo: 'Use monday, tuesday, wednesday, thursday, friday, saturday, sunday, each once.',
  },
  'schedule.weeks': {
    summary: 'The interval in weeks is out of range.',
    whatToDo: 'Use a whole number from 1 to 52.',
  },
  'schedule.zone': {
    summary: 'The time zone is not known.',
    whatToDo: 'Use an IANA name such as Europe/Berlin, or leave the zone out to use the zone of the VM.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
