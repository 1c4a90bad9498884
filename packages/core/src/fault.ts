// SPDX-License-Identifier: Apache-2.0
// What is wrong with a value that somebody set. Faults are returned, all at once; only what cannot go on is thrown (error.ts).

/** Codes of the faults that core finds. The catalogue in contract must explain each (a type there holds it to that). */
export type FaultCode =
  | 'action.deny_needs_realtime'
  | 'exceptions.expires'
  | 'exceptions.glob'
  | 'exceptions.one_match'
  | 'exceptions.process'
  | 'exceptions.process_needs_realtime'
  | 'exceptions.relative'
  | 'exceptions.sha256'
  | 'limits.out_of_range'
  | 'path.not_canonical'
  | 'schedule.at'
  | 'schedule.day_of_month'
  | 'schedule.days'
  | 'schedule.every'
  | 'schedule.from'
  | 'schedule.from_required'
  | 'schedule.hourly_needs_update'
  | 'schedule.minute'
  | 'schedule.nth'
  | 'schedule.on'
  | 'schedule.ranges'
  | 'schedule.start_window'
  | 'schedule.weekday'
  | 'schedule.weeks'
  | 'schedule.zone'
  | 'targets.empty_list'
  | 'targets.extension'
  | 'targets.network'
  | 'targets.no_extensions'
  | 'targets.relative';

/** One fault. `path` is a JSON pointer (RFC 6901) into the value that was checked; `""` is the whole value. */
export interface Fault {
  readonly code: FaultCode;
  readonly path: string;
  readonly message: string;
}
