// SPDX-License-Identifier: Apache-2.0
// From a nominal local time to the moment it happens (SC-7), in one rule: the first moment at which the zone's clock shows that time *or later*.
// So a time that does not exist is the first minute after the gap, one that comes twice is the first, and a whole day that a zone left out
// (Samoa, 2011) is the midnight after it. The rule is monotonic: a later local time is never an earlier moment.
import { type Instant, type PlainDate, temporal } from '../temporal.ts';

/** The moment of `minutes` since midnight (1,440 = the next midnight) of a date in a zone. */
export function instantOf(date: PlainDate, minutes: number, zone: string): Instant {
  const day = minutes >= 1_440 ? date.add({ days: 1 }) : date;
  const minuteOfDay = minutes % 1_440;
  const local = day.toPlainDateTime({ hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 });
  // For a gap, 'earlier' reads the clock as it ran before the change: a moment before the gap, and the change is the next one.
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.toInstant();
  const afterGap = earlier.getTimeZoneTransition('next');
  return wholeMinute((afterGap ?? earlier).toInstant(), zone);
}

/** The local date of a moment. */
export function dateOf(instant: Instant, zone: string): PlainDate {
  return instant.toZonedDateTimeISO(zone).toPlainDate();
}

/** Zones with seconds in their offset exist in the past: the first whole minute of the clock. */
function wholeMinute(instant: Instant, zone: string): Instant {
  const { second } = instant.toZonedDateTimeISO(zone);
  return second === 0 ? instant : instant.add({ seconds: 60 - second });
}

/** Minutes since midnight that the zone's clock shows, and its seconds. */
export function clockOf(instant: Instant, zone: string): { readonly minute: number; readonly elapsedMs: number } {
  const { minute, second, millisecond } = instant.toZonedDateTimeISO(zone);
  return { minute, elapsedMs: second * 1_000 + millisecond };
}

/** The next change of the zone's offset after a moment, or null. */
export function nextTransition(instant: Instant, zone: string): Instant | null {
  return instant.toZonedDateTimeISO(zone).getTimeZoneTransition('next')?.toInstant() ?? null;
}

/** The earliest of two moments; null is never. */
export function isBefore(left: Instant, right: Instant): boolean {
  return temporal.Instant.compare(left, right) < 0;
}
