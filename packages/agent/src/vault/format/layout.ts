// SPDX-License-Identifier: Apache-2.0
// Where a file has data: what is between is no cost in the vault and a hole again when it comes back. Owns no file.
import { setImmediate } from 'node:timers/promises';
import type { OpenFile, Range } from '@lazaret/host/ports';
import { corrupt } from './format.ts';

/** So many at most are written down; a file with more of them has its smallest holes filled. */
export const RANGES_MAX = 131_072;
const RANGE_BYTES = 16;
/** Each is two calls of the kernel on the main thread, and over a network two questions. */
const RANGES_AT_ONCE = 256;
const SMALLEST_HOLE_BYTES = 65_536;

/** Ends early, with more than `bytesMax`, where the data are more than that: nobody will copy them. */
export async function readLayout(
  file: OpenFile,
  size: number,
  { bytesMax = Infinity, rangesMax = RANGES_MAX } = {},
): Promise<readonly Range[]> {
  let ranges: Range[] = [];
  let filledBelow = 0;
  for (let at = 0, bytes = 0; at < size && bytes <= bytesMax; await setImmediate()) {
    const more = file.dataRanges(at, size, RANGES_AT_ONCE);
    bytes += dataBytesOf(more);
    for (const range of more) append(ranges, range, filledBelow);
    at = more.length < RANGES_AT_ONCE ? size : (more.at(-1)?.end ?? size);
    while (ranges.length > rangesMax) {
      filledBelow = Math.max(SMALLEST_HOLE_BYTES, filledBelow * 2);
      ranges = withoutHolesBelow(ranges, filledBelow);
    }
  }
  return ranges;
}

function withoutHolesBelow(ranges: readonly Range[], bytes: number): Range[] {
  const filled: Range[] = [];
  for (const range of ranges) append(filled, range, bytes);
  return filled;
}

/** A hole of fewer bytes than `filledBelow` becomes data. */
function append(ranges: Range[], range: Range, filledBelow: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && range.start - last.end < Math.max(filledBelow, 1))
    ranges[ranges.length - 1] = { start: last.start, end: range.end };
  else ranges.push(range);
}

export function dataBytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

export function layoutBytesOf(ranges: readonly Range[]): number {
  return ranges.length * RANGE_BYTES;
}

/** Start and length of each, eight bytes both. */
export function encodeLayout(ranges: readonly Range[]): Buffer {
  const bytes = Buffer.alloc(layoutBytesOf(ranges));
  for (const [index, { start, end }] of ranges.entries()) {
    bytes.writeBigUInt64BE(BigInt(start), index * RANGE_BYTES);
    bytes.writeBigUInt64BE(BigInt(end - start), index * RANGE_BYTES + 8);
  }
  return bytes;
}

export function decodeLayout(bytes: Buffer, size: number, dataBytes: number): readonly Range[] {
  const ranges: Range[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += RANGE_BYTES) {
    const start = Number(bytes.readBigUInt64BE(at));
    const end = start + Number(bytes.readBigUInt64BE(at + 8));
    if (start < from || end <= start || end > size) throw corrupt('its table of data ranges is not valid');
    ranges.push({ start, end });
    from = end;
  }
  if (dataBytesOf(ranges) !== dataBytes) throw corrupt('its table of data ranges is not valid');
  return ranges;
}
