// SPDX-License-Identifier: Apache-2.0
// The constants of native/scanner/src/base/limits.h as numbers, read from its text.

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const CONSTANT = /\b(\w+) = (\d+)(?: \* (KiB|MiB|GiB))?(?=[,;])/g;

/** Throws where a line of constants could not be read whole, because then a limit would be left out silently. */
export function readLimitsHeader(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith('inline constexpr') && !line.includes('KiB = 1024'));
  const limits = new Map<string, number>();
  for (const line of lines) {
    const code = line.replace(/\/\/.*$/, '');
    const found = Array.from(code.matchAll(CONSTANT));
    if (found.length !== code.split('=').length - 1) throw new Error(`a constant could not be read: ${line}`);
    for (const [, name = '', digits = '', unit] of found)
      limits.set(name, Number(digits) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN)));
  }
  return limits;
}
