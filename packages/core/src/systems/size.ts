// SPDX-License-Identifier: Apache-2.0
// What a VM must have (SY-1): 512 MB of memory, 1 GB of disk.
import type { SystemFinding } from './supported.ts';

const MIB = 1024 * 1024;
export const MEMORY_BYTES_MIN: number = 512 * MIB;
export const DISK_BYTES_MIN: number = 1024 * MIB;

/** The kernel keeps a part for itself: a VM of 512 MB tells of 450 to 490 MB. */
const MEMORY_TOLD_SHARE = 0.85;
/** So does a file system: a disk of 1 GB tells of 0.95 GB and less. */
const DISK_TOLD_SHARE = 0.9;

export interface SizeFacts {
  /** As /proc/meminfo tells. */
  readonly memoryBytes: number;
  /** Of the file system that the state lies on, whole. */
  readonly diskBytes: number;
}

export function findSizeFaults({ memoryBytes, diskBytes }: SizeFacts): readonly SystemFinding[] {
  const faults: SystemFinding[] = [];
  if (memoryBytes < MEMORY_BYTES_MIN * MEMORY_TOLD_SHARE)
    faults.push({
      code: 'system.memory_too_small',
      severity: 'error',
      message: `This machine has ${Math.floor(memoryBytes / MIB)} MB of memory. Lazaret needs 512 MB.`,
    });
  if (diskBytes < DISK_BYTES_MIN * DISK_TOLD_SHARE)
    faults.push({
      code: 'system.disk_too_small',
      severity: 'error',
      message: `The disk of the state folder has ${Math.floor(diskBytes / MIB)} MB. Lazaret needs 1 GB.`,
    });
  return faults;
}
