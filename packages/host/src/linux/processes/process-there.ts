// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';

/** Whether a process has this number now; it may be another than before. */
export function isProcessThere(pid: number | string): boolean {
  return existsSync(`/proc/${pid}`);
}
