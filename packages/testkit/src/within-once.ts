// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';

/**
 * For a claim of the form "within so many ms", on a machine that others use too: `measure` gives ms, and one of five has to keep to the limit. Load makes
 * some slow; what is slow by itself is slow each time.
 */
export async function withinOnce(limitMs: number, measure: () => number | Promise<number>): Promise<void> {
  const tookMs: number[] = [];
  while (tookMs.length < 5) {
    tookMs.push(await measure());
    if ((tookMs.at(-1) ?? Infinity) <= limitMs) return;
  }
  assert.fail(`not once within ${limitMs} ms: ${tookMs.map(Math.round).join(', ')}`);
}
