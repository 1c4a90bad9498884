// SPDX-License-Identifier: Apache-2.0
// The event spool: NDJSON segments, oldest first, capped in bytes. Owns its directory. What falls out at the cap is never
// silent: a `gap` event with the first and last lost sequence takes its place. Exactly-once effect is by (epoch, sequence).
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedSync } from './shared-sync.ts';

export interface SpoolLimits {
  /** All segments together. */
  readonly bytesMax: number;
  readonly segmentBytesMax: number;
}

export interface SpoolEvent {
  readonly sequence: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Spool {
  /** Appends and returns the sequence. `durable` waits until the disk has it (detections, gaps). */
  append(type: string, fields: Readonly<Record<string, unknown>>, durable?: boolean): number;
  /** Resolves when the disk has all that was appended before the call. Many callers share one write, and nothing else waits meanwhile. */
  synced(): Promise<void>;
  /** Events from `sequence` on, oldest first. */
  read(fromSequence: number): Generator<SpoolEvent>;
  /** The last sequence that was given; 0 before the first. */
  last(): number;
  /** All up to `sequence` is stored elsewhere: what of it falls out at the cap is no gap. */
  acknowledge(sequence: number): void;
  /** Calls `listener` after each append; returns the way to end it. */
  onAppend(listener: () => void): () => void;
  close(): void;
}

export const SPOOL_LIMITS: SpoolLimits = { bytesMax: 64 * 1024 * 1024, segmentBytesMax: 4 * 1024 * 1024 };

/** Fields that every event gets: the envelope. What an event brings itself stands over it. */
export type Stamp = () => Readonly<Record<string, unknown>>;

/** Opens the spool in `directory`; a last line that a crash cut off is removed. */
export function openSpool(directory: string, stamp: Stamp, limits: SpoolLimits = SPOOL_LIMITS): Spool {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let segments = listSegments(directory);
  let next = segments.length === 0 ? 1 : repairLast(directory, segments.at(-1) ?? 1);
  let current = openSegment(directory, segments.at(-1) ?? next);
  if (segments.length === 0) segments = [next];
  let acknowledged = 0;
  const listeners = new Set<() => void>();

  const write = (event: SpoolEvent, durable: boolean): void => {
    if (fstatSync(current).size >= limits.segmentBytesMax) {
      // `synced` looks at the newest segment alone.
      fdatasyncSync(current);
      closeSync(current);
      current = openSegment(directory, event.sequence);
      segments = [...segments, event.sequence];
    }
    appendWhole(current, `${JSON.stringify(event)}\n`);
    // Not before: a number without a line is a hole.
    next = event.sequence + 1;
    if (durable) fdatasyncSync(current);
  };
  const append: Spool['append'] = (type, fields, durable = false) => {
    const sequence = next;
    write({ ...stamp(), ...fields, sequence, type }, durable);
    const { kept, lost } = dropOldest(directory, segments, limits.bytesMax);
    segments = kept;
    const lostFrom = lost === null ? 0 : Math.max(lost.from, acknowledged + 1);
    if (lost !== null && lostFrom <= lost.to)
      write({ ...stamp(), sequence: next, type: 'gap', lostFrom, lostTo: lost.to }, true);
    for (const listener of listeners) listener();
    return sequence;
  };
  const synced = sharedSync(() => syncFile(segmentPath(directory, segments.at(-1) ?? 1)));
  return {
    append,
    synced,
    read: (from) => readSegments(directory, segments, from),
    last: () => next - 1,
    acknowledge: (sequence) => {
      acknowledged = Math.max(acknowledged, sequence);
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => closeSync(current),
  };
}

/** A line that the disk takes in part alone would run into the next: it goes again. */
function appendWhole(descriptor: number, line: string): void {
  const { size } = fstatSync(descriptor);
  try {
    writeFileSync(descriptor, line);
  } catch (error) {
    ftruncateSync(descriptor, size);
    throw error;
  }
}

/** By a descriptor of its own: the segment may be closed meanwhile. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

export const segmentPath = (directory: string, first: number): string =>
  join(directory, `${String(first).padStart(16, '0')}.ndjson`);

function openSegment(directory: string, first: number): number {
  return openSync(segmentPath(directory, first), 'a', 0o600);
}

export function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => /^\d{16}\.ndjson$/.test(name))
    .map((name) => Number(name.slice(0, 16)))
    .toSorted((left, right) => left - right);
}

/** Cuts an unfinished last line and answers the next sequence. */
function repairLast(directory: string, first: number): number {
  const path = segmentPath(directory, first);
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end !== bytes.length) truncate(path, end);
  const lines = bytes.subarray(0, end).toString('utf8').trimEnd().split('\n');
  const last = lines.at(-1);
  return last ? (JSON.parse(last) as SpoolEvent).sequence + 1 : first;
}

function truncate(path: string, bytes: number): void {
  const descriptor = openSync(path, 'r+');
  ftruncateSync(descriptor, bytes);
  closeSync(descriptor);
}

interface Dropped {
  readonly kept: number[];
  readonly lost: { readonly from: number; readonly to: number } | null;
}

/** The newest segment stays, however large. */
function dropOldest(directory: string, segments: readonly number[], bytesMax: number): Dropped {
  const kept = [...segments];
  let total = kept.reduce((sum, first) => sum + statSync(segmentPath(directory, first)).size, 0);
  let lost: Dropped['lost'] = null;
  let from: number | undefined;
  for (;;) {
    const [first = 0, following] = kept;
    if (following === undefined || total <= bytesMax) return { kept, lost };
    const path = segmentPath(directory, first);
    total -= statSync(path).size;
    rmSync(path);
    kept.shift();
    lost = { from: (from ??= first), to: following - 1 };
  }
}

function* readSegments(directory: string, segments: readonly number[], from: number): Generator<SpoolEvent> {
  for (const [index, first] of segments.entries()) {
    const following = segments[index + 1];
    if (following !== undefined && following <= from) continue;
    for (const line of readFileSync(segmentPath(directory, first), 'utf8').split('\n')) {
      if (line === '') continue;
      const event = JSON.parse(line) as SpoolEvent;
      if (event.sequence >= from) yield event;
    }
  }
}
