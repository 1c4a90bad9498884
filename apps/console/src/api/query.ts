// SPDX-License-Identifier: Apache-2.0
// The query of an address of the API. Pure.

export type Query = Readonly<Record<string, string | number | boolean | undefined | null>>;

export function formatQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
