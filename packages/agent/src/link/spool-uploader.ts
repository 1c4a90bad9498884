// SPDX-License-Identifier: Apache-2.0
// Brings the spool to the manager, oldest first, each event once (MG-1). Owns the cursor in the state. The manager says up to where it has stored; that
// answer, not what was sent, moves the cursor. So an answer that was lost leads to a second sending, and never to a second event.
import { batchAnswerSchema, LINK_LIMITS } from '@lazaret/contract';
import type { Spool, SpoolReader } from '../spool/index.ts';
import type { StateDatabase } from '../state/index.ts';
import type { Transport } from './transport.ts';

export interface UploaderParts {
  readonly database: StateDatabase;
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly epoch: string;
}

export interface SpoolUploader {
  /** Sends until nothing is left. Rejects where the manager cannot be reached or refuses. */
  upload(transport: Transport, signal: AbortSignal): Promise<void>;
  acknowledged(): number;
  /** A clone begins behind what its origin had told (SY-10b). */
  skipTo(sequence: number): void;
}

const CURSOR = 'link.acknowledged';

export function spoolUploader({ database, spool, reader, epoch }: UploaderParts): SpoolUploader {
  const put = database.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  let acknowledged = readCursor(database, epoch);
  spool.acknowledge(acknowledged);
  reader.seek(acknowledged);

  const move = (sequence: number): void => {
    acknowledged = sequence;
    put.run(CURSOR, JSON.stringify({ epoch, sequence }));
    spool.acknowledge(sequence);
  };

  const sendBatch = async (transport: Transport, signal: AbortSignal): Promise<boolean> => {
    const lines = reader.next({ linesMax: LINK_LIMITS.batchEventsMax, bytesMax: LINK_LIMITS.batchBytesMax / 2 });
    if (lines.length === 0) return false;
    const body = lines.map(({ text }) => `${text}\n`).join('');
    const path = `/link/v1/events?epoch=${epoch}&after=${acknowledged}`;
    const ask = { method: 'POST', path, body, contentType: 'application/x-ndjson', signal } as const;
    const last = lines.at(-1)?.sequence ?? acknowledged;
    const answer = await transport.askJson(ask, batchAnswerSchema);
    // It may also be less than we thought: the manager's database was restored.
    move(answer.acknowledged);
    if (acknowledged !== last) reader.seek(acknowledged);
    return true;
  };

  return {
    acknowledged: () => acknowledged,
    skipTo: (sequence) => {
      move(sequence);
      reader.seek(sequence);
    },
    upload: async (transport, signal) => {
      try {
        while (!signal.aborted && (await sendBatch(transport, signal)));
      } catch (error) {
        // What was read and not acknowledged is read again.
        reader.seek(acknowledged);
        throw error;
      }
    },
  };
}

function readCursor(database: StateDatabase, epoch: string): number {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(CURSOR) as { value: string } | undefined;
  if (row === undefined) return 0;
  const cursor = JSON.parse(row.value) as { epoch: string; sequence: number };
  return cursor.epoch === epoch ? cursor.sequence : 0;
}
