// SPDX-License-Identifier: Apache-2.0
// The filter, sort and tab of a page, as its address has them. Pure.

export type Search = Readonly<Record<string, string>>;

/** Only texts, and of a length that can be a filter. */
export function parseSearch(search: Record<string, unknown>): Search {
  const entries = Object.entries(search).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value).slice(0, 512)]]
      : [],
  );
  return Object.fromEntries(entries);
}

/** What is not set does not stand in the address. */
export function dropEmpty(search: Readonly<Record<string, string | undefined>>): Search {
  return Object.fromEntries(
    Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
