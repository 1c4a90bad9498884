// SPDX-License-Identifier: Apache-2.0
// Turns text into text that the database can store. Attackers choose names inside archives, and one NUL must not prevent an agent's whole spool from being
// stored.

/** The same value with every NUL and every half of a surrogate pair replaced by U+FFFD. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item: unknown) => storable(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storable(key), storable(item as unknown)]),
  ) as T;
}
