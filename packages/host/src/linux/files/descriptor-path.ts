// SPDX-License-Identifier: Apache-2.0
// A descriptor and the path of what it has open.
import { readlinkSync } from 'node:fs';

/** What is open at this descriptor, by a path: no name is walked once more. */
export function pathOfDescriptor(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Where what is open lies now, as the kernel names it; bytes, not text. */
export function nameOfDescriptor(descriptor: number): Buffer {
  return readlinkSync(pathOfDescriptor(descriptor), { encoding: 'buffer' });
}
