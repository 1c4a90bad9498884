// SPDX-License-Identifier: Apache-2.0
// Closes what is open if the work on it throws. A fault must not leave a descriptor open: enough of them, and nothing can be opened any more.

/** What `work` returns. Throws what `work` throws, after `open` is closed. */
export function closingOnFault<T>(open: { close(): void }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    open.close();
    throw error;
  }
}
