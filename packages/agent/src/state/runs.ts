// SPDX-License-Identifier: Apache-2.0
// Runs in the state: begun, moved on, ended. A checkpoint moves cursor, totals and ledger in one transaction, so that
// whatever is killed, the totals speak of exactly the files up to the cursor.
import { inTransaction, type StateDatabase } from './database.ts';

export type RunState = 'running' | 'paused' | 'done' | 'cancelled' | 'incomplete' | 'skipped' | 'interrupted';

export interface RunRecord {
  readonly id: string;
  readonly kind: string;
  readonly state: RunState;
  /** The request as JSON, to be taken up again. */
  readonly request: string;
  /** Equal for equal commands: how `--resume` finds its run. */
  readonly requestKey: string;
  readonly policyHash: string;
  readonly patternRelease: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** The last path, in walk order, whose result is in the totals. */
  readonly cursor: Uint8Array | null;
  readonly totals: string;
}

export interface Checkpoint {
  readonly cursor: Uint8Array | null;
  readonly totals: string;
  readonly ledger: readonly { readonly sequence: number; readonly row: string }[];
}

/** So many ended runs are kept; older ones go with their ledger. */
const RUNS_KEPT = 200;

export interface RunStore {
  begin(run: Omit<RunRecord, 'endedMs' | 'cursor'>): void;
  checkpoint(id: string, checkpoint: Checkpoint): void;
  setState(id: string, state: RunState, endedMs?: number): void;
  find(id: string): RunRecord | undefined;
  /** The newest run that was cut off, of this request or of any. */
  findCutOff(requestKey?: string): RunRecord | undefined;
  list(count: number): readonly RunRecord[];
  ledger(id: string): readonly string[];
}

export function runStore(database: StateDatabase): RunStore {
  const insert = database.prepare(
    `INSERT INTO runs (id, kind, state, request, requestKey, policyHash, patternRelease, startedMs, totals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const move = database.prepare('UPDATE runs SET cursor = ?, totals = ? WHERE id = ?');
  const note = database.prepare('INSERT OR REPLACE INTO ledger (runId, sequence, row) VALUES (?, ?, ?)');
  const end = database.prepare('UPDATE runs SET state = ?, endedMs = coalesce(?, endedMs) WHERE id = ?');
  const prune = database.prepare(
    `DELETE FROM runs WHERE endedMs IS NOT NULL AND id NOT IN (SELECT id FROM runs ORDER BY startedMs DESC LIMIT ${RUNS_KEPT})`,
  );
  return {
    begin: (run) => {
      prune.run();
      insert.run(
        run.id,
        run.kind,
        run.state,
        run.request,
        run.requestKey,
        run.policyHash,
        run.patternRelease,
        run.startedMs,
        run.totals,
      );
    },
    checkpoint: (id, { cursor, totals, ledger }) =>
      inTransaction(database, () => {
        move.run(cursor, totals, id);
        for (const { sequence, row } of ledger) note.run(id, sequence, row);
      }),
    setState: (id, state, endedMs) => void end.run(state, endedMs ?? null, id),
    find: (id) => database.prepare('SELECT * FROM runs WHERE id = ?').get(id) as RunRecord | undefined,
    findCutOff: (requestKey) =>
      database
        .prepare(
          `SELECT * FROM runs WHERE state IN ('running', 'paused', 'interrupted') AND (?1 IS NULL OR requestKey = ?1) ORDER BY startedMs DESC LIMIT 1`,
        )
        .get(requestKey ?? null) as RunRecord | undefined,
    list: (count) =>
      database.prepare('SELECT * FROM runs ORDER BY startedMs DESC LIMIT ?').all(count) as unknown as RunRecord[],
    ledger: (id) =>
      (database.prepare('SELECT row FROM ledger WHERE runId = ? ORDER BY sequence').all(id) as { row: string }[]).map(
        ({ row }) => row,
      ),
  };
}
