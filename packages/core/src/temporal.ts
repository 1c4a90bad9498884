// SPDX-License-Identifier: Apache-2.0
// The one door to Temporal. Native in Node 26; a bundle for an older runtime (Windows, Node 22) swaps this module for a polyfill.
// Nothing else in core names the global, so that one alias is enough. Types come from TypeScript's esnext library.

/** Temporal, as the runtime has it. */
export const temporal: typeof Temporal = globalThis.Temporal;

/** An exact moment. */
export type Instant = Temporal.Instant;

/** A date of the calendar without time or zone. */
export type PlainDate = Temporal.PlainDate;

/** Parses an ISO instant (`2027-01-31T01:00:00Z`); null when it is none. */
export function parseInstant(text: string): Instant | null {
  try {
    return temporal.Instant.from(text);
  } catch {
    return null;
  }
}

/** Parses an ISO date written in full (`2027-01-30`); null when it is none or does not exist. */
export function parseDate(text: string): PlainDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return temporal.PlainDate.from(text);
  } catch {
    return null;
  }
}

const OFFSET = /^[+-]\d{2}(?::?\d{2})?$/;

/** Whether the runtime knows this zone: an IANA name (`Europe/Berlin`) or a fixed offset (`+14:00`). */
export function isZone(zone: string): boolean {
  try {
    const { timeZoneId } = temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    // Temporal takes a moment too (`10:00Z`, `2027-01-01T00:00[Europe/Berlin]`), for the zone that it is in: that is not its name.
    return timeZoneId.toLowerCase() === zone.toLowerCase() || OFFSET.test(zone);
  } catch {
    return false;
  }
}
