// SPDX-License-Identifier: Apache-2.0
// Schedules as foreign bytes bring them: the shape here, the rules in core (findScheduleFaults), both reported at once.
import {
  findScheduleFaults,
  findWeekScheduleFaults,
  formatPointer,
  type Schedule,
  type ScheduleRules,
  type WeekSchedule,
} from '@lazaret/core';
import { z } from 'zod';
import { checkShape, type ContractFault, reportFaults } from '../check.ts';

const at = z.string().max(16);
const zone = z.string().max(64).exactOptional();
const date = z.string().max(16).exactOptional();
const weekday = z.string().max(16);

const hourly = z.strictObject({ kind: z.literal('hourly'), minute: z.number() });
const daily = z.strictObject({
  kind: z.literal('daily'),
  at,
  every: z.union([z.string().max(16), z.strictObject({ days: z.number(), from: date })]),
  zone,
});
const weekly = z.strictObject({
  kind: z.literal('weekly'),
  at,
  days: z.array(weekday).max(14),
  everyWeeks: z.number().exactOptional(),
  from: date,
  zone,
});
const monthly = z.strictObject({
  kind: z.literal('monthly'),
  at,
  on: z.strictObject({
    day: z.number().exactOptional(),
    weekday: weekday.exactOptional(),
    nth: z.union([z.number(), z.string().max(16)]).exactOptional(),
  }),
  zone,
});

/** The schema of a schedule for one purpose: SC-5's window is refused for scans, `hourly` allowed for updates alone. */
export function scheduleSchema(rules: ScheduleRules): z.ZodType<Schedule> {
  const shape = z
    .discriminatedUnion('kind', [hourly, daily, weekly, monthly])
    .superRefine((value, context) => reportFaults(context, findScheduleFaults(value as Schedule, rules)));
  return shape as unknown as z.ZodType<Schedule>;
}

const week = z.strictObject({
  kind: z.literal('week'),
  ranges: z.array(z.strictObject({ day: weekday, from: at, to: at })).max(10_000),
  zone,
});

/** The schema of real-time's week (RT-4). */
export const weekScheduleSchema: z.ZodType<WeekSchedule> = z
  .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('always') }), week])
  .superRefine((value, context) =>
    reportFaults(context, findWeekScheduleFaults(value as WeekSchedule)),
  ) as unknown as z.ZodType<WeekSchedule>;

/** A schedule that stands alone (`lazaret schedule next --schedule`), or every fault of it. Here an unknown field is a fault, too: nobody keeps it. */
export function checkSchedule(
  input: unknown,
  rules: ScheduleRules,
): { readonly schedule: Schedule } | { readonly faults: readonly ContractFault[] } {
  const checked = checkShape(scheduleSchema(rules), input, 'schedule.invalid');
  const strange = checked.unknownFields.map((path): ContractFault => {
    const message = `"${path.at(-1) ?? ''}" is not a field of a schedule.`;
    return { code: 'schedule.invalid', path: formatPointer(path), message };
  });
  if ('faults' in checked) return { faults: [...checked.faults, ...strange] };
  return strange.length > 0 ? { faults: strange } : { schedule: checked.value };
}
