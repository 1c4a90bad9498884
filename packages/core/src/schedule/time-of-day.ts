// SPDX-License-Identifier: Apache-2.0
// Times of day as the notation writes them: `hh:mm`, two digits each.

/** Minutes since midnight of `hh:mm`, or null. `24:00` counts only where the end of a range is meant (RT-4). */
export function parseTimeOfDay(text: string, options: { readonly midnightAsEnd?: boolean } = {}): number | null {
  if (options.midnightAsEnd === true && text === '24:00') return 24 * 60;
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}
