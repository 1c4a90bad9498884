// SPDX-License-Identifier: Apache-2.0
// Real-time in the foreground as lines of JSON (docs/reference/realtime-json.md): each as it happens, whole or not at all. A reader that does not read must
// never hold the agent up: what it leaves behind is counted, and told when it reads again. Owns the order of writing to its descriptor.
import { write } from 'node:fs';
import type { RealtimeListener } from '../realtime/index.ts';

export interface RealtimeLines extends RealtimeListener {
  error(fault: { readonly code: string; readonly message: string; readonly path: string }): void;
  /** Resolves when everything is written, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
}

const LINES_MAX = 10_000;

export function realtimeLines(descriptor: number, nowMs: () => number): RealtimeLines {
  let waiting: string[] = [];
  let dropped = 0;
  let ready = false;
  let writing: Promise<void> | null = null;

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const text = waiting.join('');
      waiting = [];
      await writeWhole(descriptor, Buffer.from(text));
      if (dropped > 0) waiting.push(lineOf({ type: 'dropped', lines: dropped }));
      dropped = 0;
    }
    writing = null;
  };
  const line = (fields: object): void => {
    if (waiting.length >= LINES_MAX) dropped += 1;
    else waiting.push(lineOf(fields));
    writing ??= writeAll();
  };
  const time = (ms: number): string => new Date(ms).toISOString();
  const told = (type: string, fields: object): void => line({ type, time: time(nowMs()), ...fields });
  return {
    ready: (places) => {
      ready = true;
      line({ type: 'ready', ...places });
    },
    // Who waits for `ready` reads it first.
    state: (state, reason) => (ready || state !== 'starting') && told('state', { state, reason }),
    detection: (detection) => told('detection', detection),
    letThrough: (event) => told(event.scanned === null ? 'let-through' : 'followed-up', event),
    gap: (cause, fromMs, toMs) => {
      // Only the supervisor's death was a time without protection; the others were a time in which nobody saw what changed.
      told(cause === 'supervisor-died' ? 'gap' : 'missed', { cause, from: time(fromMs), to: time(toMs) });
    },
    error: (error) => line({ error }),
    flush: async (timeoutMs) => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
      await Promise.race([writing ?? Promise.resolve(), late]);
    },
  };
}

function lineOf(fields: object): string {
  return `${JSON.stringify(fields)}\n`;
}

/** The reader that has gone is nobody's fault: then lines go nowhere. */
async function writeWhole(descriptor: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const written = await writeSome(descriptor, bytes, at);
    if (written === 0) return;
    if (written !== FULL) at += written;
  }
}

const FULL_MS = 20;
const FULL = -1;

function writeSome(descriptor: number, bytes: Buffer, from: number): Promise<number> {
  return new Promise((resolve) => {
    write(descriptor, bytes, from, bytes.length - from, null, (error, written) => {
      if (error === null) resolve(written);
      // A pipe that does not wait, and is full.
      else if (error.code === 'EAGAIN') setTimeout(() => resolve(FULL), FULL_MS);
      else resolve(0);
    });
  });
}
