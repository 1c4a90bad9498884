// SPDX-License-Identifier: Apache-2.0

/** Where nothing is wrong it is never reached: it only ends a test that would wait for ever, on a machine that may be many times slower than usual. */
const PATIENCE_MS = 180_000;
const LOOK_AGAIN_MS = 20;

/** Waits until `condition` holds, looking often. Throws with `what` after a long time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
