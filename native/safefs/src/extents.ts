// SPDX-License-Identifier: Apache-2.0
// Where a file has data and where it has only room, and the attributes of its inode that are no extended attributes (chattr, projects).
import { addon } from './load.ts';

/** From `start` to before `end`, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** At most `rangesMax` ranges with data, at or behind `from` and before `size`. Where the file system knows no holes, all is data. */
export function dataRanges(fd: number, from: number, size: number, rangesMax: number): Range[] {
  return inPairs(addon().dataRanges(fd, from, size, rangesMax));
}

/** Blocks that the file has without data in them (fallocate), as far as the file system tells; `extentsMax`: how many are looked at. */
export function reservedRanges(fd: number, rangesMax: number, extentsMax: number): Range[] {
  return inPairs(addon().reservedRanges(fd, rangesMax, extentsMax));
}

/** Gives the file blocks without data; its size stays. */
export function reserve(fd: number, { start, end }: Range): void {
  addon().reserve(fd, start, end - start);
}

function inPairs(numbers: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2)
    ranges.push({ start: numbers[at] ?? 0, end: numbers[at + 1] ?? 0 });
  return ranges;
}

/** What FS_IOC_FSGETXATTR tells. `flags` are FS_XFLAG_*. */
export interface ExtendedFlags {
  readonly flags: number;
  readonly extentSize: number;
  readonly project: number;
  readonly copyExtentSize: number;
}

/** chattr's flags (FS_*_FL); 0 where the file system has none. */
export function readInodeFlags(fd: number): number {
  return addon().inodeFlags(fd) >>> 0;
}

export function writeInodeFlags(fd: number, flags: number): void {
  addon().setInodeFlags(fd, flags);
}

/** Null where the file system has none. */
export function readExtendedFlags(fd: number): ExtendedFlags | null {
  const [flags, extentSize, project, copyExtentSize] = addon().extendedFlags(fd);
  if (flags === undefined) return null;
  return { flags, extentSize: extentSize ?? 0, project: project ?? 0, copyExtentSize: copyExtentSize ?? 0 };
}

export function writeExtendedFlags(fd: number, { flags, extentSize, project, copyExtentSize }: ExtendedFlags): void {
  addon().setExtendedFlags(fd, flags, extentSize, project, copyExtentSize);
}
