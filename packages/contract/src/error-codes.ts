// SPDX-License-Identifier: Apache-2.0
// The catalogue of error codes: every failure that reaches a person or a program has one. docs/reference/error-codes.md is generated from here
// (`node tools/codegen/error-codes/main.ts`), and a test holds code, catalogue and document together. A code never changes its meaning.
import type { FaultCode } from '@lazaret/core';

/** What one code means. `exitCode` of the command line where it ends a command; 2 when absent. */
export interface ErrorCodeEntry {
  readonly summary: string;
  readonly whatToDo: string;
  readonly exitCode?: 0 | 1 | 2 | 3;
}

export const ERROR_CODES = {
  'action.changed': {
    summary: 'The file changed between its scan and the action, so nothing was done to it.',
    whatToDo: 'Scan it again. If it keeps changing, find the process that writes it.',
  },
  'action.deny_needs_realtime': {
    summary: 'Deny access was set for a scheduled or manual scan.',
    whatToDo: 'Deny access blocks an access, which only real-time scan sees. Choose delete, clean, pass or quarantine.',
  },
  'action.failed': {
    summary: 'The operating system refused an action on a file.',
    whatToDo: 'The message names the reason: a read-only file system, an immutable attribute, a missing right.',
  },
  'agent.busy': {
    summary: 'Another run holds the scan lock and cannot make way.',
    whatToDo: 'Look with `lazaret agent status`; wait, pause or cancel the running one.',
  },
  'agent.internal': {
    summary: 'A fault of Lazaret itself.',
    whatToDo: 'Report it with the log line that carries the same time. Nothing was changed by the step that failed.',
  },
  'agent.not_running': {
    summary: 'No agent answers on the control socket.',
    whatToDo: 'Start it (`./start`, or the service), or use a command that works without it, such as `lazaret scan`.',
  },
  'cli.usage': {
    summary: 'The command line was not understood.',
    whatToDo: 'See `lazaret COMMAND --help`.',
  },
  'exceptions.expires': {
    summary: 'The expiry of an exception is no instant.',
    whatToDo: 'Write an ISO 8601 instant with its offset: 2027-01-31T00:00:00Z.',
  },
  'exceptions.glob': {
    summary: 'The pattern of an exception cannot be read, or would except everything.',
    whatToDo: 'Use * and ? within a name, ** alone between separators, and ${NAME} for a variable of the system.',
  },
  'exceptions.one_match': {
    summary: 'An exception matches by none or by several fields.',
    whatToDo: 'Give exactly one of directory, file, extension, sha256, pattern; make one exception for each.',
  },
  'exceptions.relative': {
    summary: 'The path of an exception is not absolute.',
    whatToDo: 'Begin it at the root, or with a variable of the system.',
  },
  'exceptions.sha256': {
    summary: 'The hash of an exception is no SHA-256.',
    whatToDo: 'Write its 64 hexadecimal digits, as `sha256sum` prints them.',
  },
  'json.not_canonical': {
    summary: 'A value cannot be written as JSON.',
    whatToDo: 'Remove dates, infinities and invalid characters; write such values as text.',
  },
  'limits.out_of_range': {
    summary: 'A number of the policy lies outside its range.',
    whatToDo: 'The message names the range; docs/reference/policy.md lists them all.',
  },
  'path.not_canonical': {
    summary: 'A path holds ".." or a zero byte.',
    whatToDo: 'Name the place itself, without climbing.',
  },
  'path.not_found': {
    summary: 'A path that was given does not exist.',
    whatToDo: 'Check its spelling. Nothing was scanned.',
  },
  'policy.invalid': {
    summary: 'The policy does not have the shape of a policy.',
    whatToDo: 'Each fault names its place; docs/reference/policy-sample.yaml shows every field.',
  },
  'policy.not_applied': {
    summary: 'The policy holds a field that this version does not know.',
    whatToDo: 'Check its spelling, or update the agent. The field is kept; an exception with one is not applied.',
    exitCode: 0,
  },
  'policy.unreadable': {
    summary: 'The policy file cannot be read, or is neither YAML nor JSON.',
    whatToDo: 'The message names the line. The last good policy stays in force.',
  },
  'schedule.at': {
    summary: 'A time of day cannot be read.',
    whatToDo: 'Write hh:mm with two digits each, in quotes: "02:30". A range of real-time may end at "24:00".',
  },
  'schedule.day_of_month': {
    summary: 'There is no such day of a month.',
    whatToDo: 'Use 1 to 31. In a month without that day its last day is taken.',
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
    summary: 'The start date cannot be read.',
    whatToDo: 'Write a date that exists as YYYY-MM-DD.',
  },
  'schedule.from_required': {
    summary: 'An interval above 1 has no start date.',
    whatToDo: 'Add "from": the date to count from. Weeks count from the Monday of its week.',
  },
  'schedule.hourly_needs_update': {
    summary: 'An hourly schedule was set for a scan.',
    whatToDo: 'Hourly is for pattern updates. A scan is daily, weekly or monthly.',
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
    summary: 'A month does not have that occurrence of a weekday for sure.',
    whatToDo: 'Use 1, 2, 3, 4 or "last".',
  },
  'schedule.on': {
    summary: 'A monthly schedule names no day, or two.',
    whatToDo: 'Use {"day": 31}, or {"weekday": "monday", "nth": 1}.',
  },
  'schedule.ranges': {
    summary: "Real-time's weekly ranges are none, too many or empty.",
    whatToDo: 'Give each range a day, a from and a different to; to switch real-time off set enabled to false.',
  },
  'schedule.start_window': {
    summary: 'A scan was set to start between 00:01 and 00:59.',
    whatToDo: 'Use 00:00, or 01:00 to 23:59. Manual scans and pattern updates are free of this rule.',
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
    whatToDo: 'Use an IANA name such as Europe/Berlin, or leave it out for the zone of the VM.',
  },
  'targets.empty_list': {
    summary: 'A directory list has no entry.',
    whatToDo: 'Add a directory, or choose all directories.',
  },
  'targets.extension': {
    summary: 'An extension cannot be one.',
    whatToDo: 'Write exe, tar.gz, or "" for files without an extension; no wildcards, no separators.',
  },
  'targets.missing': {
    summary: 'A directory of the list does not exist (yet).',
    whatToDo: 'Nothing, if it will come: it becomes live when it appears. Else check its spelling.',
    exitCode: 0,
  },
  'targets.network': {
    summary: 'A network drive was set as a target.',
    whatToDo: 'Scan it where its disk is: network drives are never scanned.',
  },
  'targets.no_extensions': {
    summary: 'A list of extensions has no entry.',
    whatToDo: 'Add an extension, or choose all files.',
  },
  'targets.not_covered': {
    summary: 'A directory of the list lies on a network or pseudo file system and is not scanned.',
    whatToDo: 'Remove it from the list, or scan it where its disk is.',
    exitCode: 0,
  },
  'targets.relative': {
    summary: 'A directory of the list is not absolute.',
    whatToDo: 'Begin it at the root.',
  },
} as const satisfies Record<FaultCode, ErrorCodeEntry> & Record<string, ErrorCodeEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The entry of a code, or null: for programs that got a code from elsewhere. */
export function findErrorCode(code: string): ErrorCodeEntry | null {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : null;
}
