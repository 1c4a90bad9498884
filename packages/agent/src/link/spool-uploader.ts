// SPDX-License-Identifier: Apache-2.0
// Sends the spool to the manager, oldest events first, each event once (MG-1). It owns the cursor in the state. The manager answers up to which event it has
// stored; this answer moves the cursor, not the sending. So a lost answer leads to sending again, but never to an event that is stored twice.
import { z } from 'zod';
import { batchAnswerSchema, gapInPlaceOf, LINK_LIMITS } from '@lazaret/contract';
import type { Spool, SpoolReader } from '../spool/index.ts';
import type { StateDatabase } from '../state/index.ts';
import type { Transport } from './transport.ts';

export interface UploaderParts {
  readonly database: StateDatabase;
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly epoch: () => string;
  /** The state went back in time: events get sequences that were given before. */
  readonly beginEpoch: () => string;
}

export interface SpoolUploader {
  /** Sends until nothing is left. Rejects where the manager cannot be reached or refuses. */
  upload(transport: Transport, signal: AbortSignal): Promise<void>;
  acknowledged(): number;
  /** A clone begins behind what its origin had told, and is new to the manager (SY-10b). */
  skipTo(sequence: number): void;
}

const CURSOR = 'link.acknowledged';
/** Of one batch, and of one event: with what a new epoch adds it is below what the manager takes. */
const LINE_BYTES_MAX = LINK_LIMITS.batchBytesMax / 2;

export function spoolUploader({ database, spool, reader, epoch, beginEpoch }: UploaderParts): SpoolUploader {
  const put = database.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  let cursor = readCursor(database, epoch());
  spool.acknowledge(cursor.sequence);
  reader.seek(cursor.sequence);

  const move = (next: Omit<Cursor, 'epoch'>): void => {
    cursor = { epoch: epoch(), ...next };
    put.run(CURSOR, JSON.stringify(cursor));
    spool.acknowledge(next.sequence);
    reader.seek(next.sequence);
  };

  const sendBatch = async (transport: Transport, signal: AbortSignal): Promise<boolean> => {
    const lines = reader.next({ linesMax: LINK_LIMITS.batchEventsMax, bytesMax: LINE_BYTES_MAX });
    const last = lines.at(-1)?.sequence;
    if (last === undefined) return false;
    const body = lines.map(({ text }) => `${inEpoch(fitting(text), cursor.epoch)}\n`).join('');
    const path = `/link/v1/events?epoch=${cursor.epoch}&after=${cursor.after}`;
    const ask = { method: 'POST', path, body, contentType: 'application/x-ndjson', signal } as const;
    const { acknowledged } = await transport.askJson(ask, batchAnswerSchema);
    if (acknowledged > spool.last()) {
      // SY-10c: the manager has events of ours that this spool never had. What stands in it now is another thing, and gets an epoch of its own.
      beginEpoch();
      move({ sequence: cursor.sequence, after: 0 });
    } else if (acknowledged === last) {
      // Where the reader stands already.
      cursor = { ...cursor, sequence: last, after: last };
      put.run(CURSOR, JSON.stringify(cursor));
      spool.acknowledge(last);
    }
    // Less than was sent: a batch that came late; or the manager's database was restored.
    else move({ sequence: acknowledged, after: acknowledged });
    return true;
  };

  return {
    acknowledged: () => cursor.sequence,
    skipTo: (sequence) => move({ sequence, after: 0 }),
    upload: async (transport, signal) => {
      try {
        while (!signal.aborted && (await sendBatch(transport, signal)));
      } catch (error) {
        // What was read and not acknowledged is read again.
        reader.seek(cursor.sequence);
        throw error;
      }
    },
  };
}

/** An event that no manager would take is told as lost: it must not hold back what comes after it. The spool has it. */
function fitting(text: string): string {
  if (Buffer.byteLength(text) <= LINE_BYTES_MAX) return text;
  return JSON.stringify(gapInPlaceOf(JSON.parse(text) as { sequence: number }));
}

/** What was written before an epoch began, and never stored, is told in the new one. */
function inEpoch(text: string, epoch: string): string {
  if (text.includes(epoch)) return text;
  return JSON.stringify({ ...(JSON.parse(text) as object), epoch });
}

/** `sequence`: up to here the manager has what stands in the spool. `after`: what it knows as the last of this epoch; they differ at an epoch's begin. */
const cursorSchema = z.object({
  epoch: z.string(),
  sequence: z.number().int().nonnegative(),
  after: z.number().int().nonnegative(),
});
type Cursor = z.infer<typeof cursorSchema>;

function readCursor(database: StateDatabase, epoch: string): Cursor {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(CURSOR) as { value: string } | undefined;
  const cursor = cursorSchema.safeParse(row === undefined ? null : JSON.parse(row.value));
  // Of another epoch, or of another version: the manager says where to go on.
  return cursor.data?.epoch === epoch ? cursor.data : { epoch, sequence: 0, after: 0 };
}
