// SPDX-License-Identifier: Apache-2.0
// Reads the spool on from where it was, without reading a segment twice: what the link does all day. Owns no file between two calls, so that a segment
// may fall out at the cap at any time.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { listSegments, segmentPath } from './spool.ts';

export interface SpoolLine {
  readonly sequence: number;
  /** The event's JSON, as it was written. */
  readonly text: string;
}

export interface SpoolReader {
  /** The next lines behind the last ones that were read; fewer or none at the end. */
  next(limits: { readonly linesMax: number; readonly bytesMax: number }): readonly SpoolLine[];
  /** Goes on behind `sequence`. */
  seek(sequence: number): void;
}

const CHUNK_BYTES = 256 * 1024;

interface Place {
  segment: number;
  offset: number;
}

export function spoolReader(directory: string, after: number): SpoolReader {
  let behind = after;
  let place: Place | null = null;
  let ahead: SpoolLine[] = [];

  const fill = (): boolean => {
    const segments = existsSync(directory) ? listSegments(directory) : [];
    const at = findPlace(segments, place, behind);
    place = at;
    if (at === null) return false;
    const { lines, bytes } = readLines(segmentPath(directory, at.segment), at.offset);
    at.offset += bytes;
    ahead = lines.filter(({ sequence }) => sequence > behind);
    if (bytes > 0) return true;
    const following = segments.find((segment) => segment > at.segment);
    if (following === undefined) return false;
    place = { segment: following, offset: 0 };
    return true;
  };

  return {
    seek: (sequence) => {
      behind = sequence;
      place = null;
      ahead = [];
    },
    next: ({ linesMax, bytesMax }) => {
      const taken: SpoolLine[] = [];
      let bytes = 0;
      for (;;) {
        const [line] = ahead;
        if (line === undefined) {
          if (!fill()) return taken;
          continue;
        }
        bytes += Buffer.byteLength(line.text) + 1;
        if (taken.length >= linesMax || (bytes > bytesMax && taken.length > 0)) return taken;
        ahead.shift();
        taken.push(line);
        behind = line.sequence;
      }
    },
  };
}

/** Where reading goes on: in the same segment, or in the first one that can hold the next event. */
function findPlace(segments: readonly number[], place: Place | null, behind: number): Place | null {
  if (place !== null && segments.includes(place.segment)) return place;
  const segment = segments.findLast((first) => first <= behind + 1) ?? segments[0];
  return segment === undefined ? null : { segment, offset: 0 };
}

/** Whole lines from `offset` on; a last line that is still being written is left for the next time. */
function readLines(path: string, offset: number): { readonly lines: SpoolLine[]; readonly bytes: number } {
  const descriptor = openSync(path, 'r');
  try {
    const size = fstatSync(descriptor).size;
    let bytesMax = CHUNK_BYTES;
    for (;;) {
      const buffer = Buffer.alloc(Math.min(bytesMax, Math.max(0, size - offset)));
      const read = readSync(descriptor, buffer, 0, buffer.length, offset);
      const end = buffer.subarray(0, read).lastIndexOf(10) + 1;
      // One event may be longer than a chunk.
      if (end === 0 && offset + read < size) bytesMax *= 4;
      else return { lines: toLines(buffer.subarray(0, end)), bytes: end };
    }
  } finally {
    closeSync(descriptor);
  }
}

function toLines(bytes: Buffer): SpoolLine[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => ({ sequence: (JSON.parse(text) as { sequence: number }).sequence, text }));
}
