// SPDX-License-Identifier: Apache-2.0
// The notation of a schedule, the same in policies, API and command line (SC-2…SC-4, RT-4, PF-1). Times are nominal `hh:mm` in `zone`, or in the VM's zone.

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** Every hour at this minute; for pattern updates alone (PF-1a). */
export interface HourlySchedule {
  readonly kind: 'hourly';
  readonly minute: number;
}

/** SC-2. `from` (ISO date) is where every X days is counted from; optional where `days` is 1. */
export interface DailySchedule {
  readonly kind: 'daily';
  readonly at: string;
  readonly every: 'day' | 'weekday' | { readonly days: number; readonly from?: string };
  readonly zone?: string;
}

/** SC-3. Weeks are counted from the Monday of `from`'s week; optional where `everyWeeks` is 1. */
export interface WeeklySchedule {
  readonly kind: 'weekly';
  readonly at: string;
  readonly days: readonly Weekday[];
  readonly everyWeeks?: number;
  readonly from?: string;
  readonly zone?: string;
}

/** SC-4. A month without day X means its last day; `nth` is the Xth occurrence of the weekday. */
export interface MonthlySchedule {
  readonly kind: 'monthly';
  readonly at: string;
  readonly on: { readonly day: number } | { readonly weekday: Weekday; readonly nth: 1 | 2 | 3 | 4 | 'last' };
  readonly zone?: string;
}

export type Schedule = HourlySchedule | DailySchedule | WeeklySchedule | MonthlySchedule;

/** One range of a real-time week (RT-4): `to` is not included and may be 24:00, or lie before `from` = over midnight. */
export interface WeekRange {
  readonly day: Weekday;
  readonly from: string;
  readonly to: string;
}

export type WeekSchedule =
  | { readonly kind: 'always' }
  | { readonly kind: 'week'; readonly ranges: readonly WeekRange[]; readonly zone?: string };

/** What a schedule is for: the refused window (SC-5) belongs to scans, `hourly` to updates. */
export type SchedulePurpose = 'scan' | 'update';
