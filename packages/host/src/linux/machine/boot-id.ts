// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/** One start of this machine: a UUID that the kernel draws at boot. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
