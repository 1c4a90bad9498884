// SPDX-License-Identifier: Apache-2.0
// One run, from its request to its summary. It owns the run's record in the state. Every second a checkpoint stores cursor, totals and ledger together, so that
// after kill −9 the run resumes behind the last file whose row was counted.
import type { SummaryRow } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { RunRecord, RunStore } from '../../state/index.ts';
import type { RunControl } from './run-control.ts';
import { runFiles, type RunFiles, type Step } from './run-files.ts';
import type { Cursor } from '../walk/source.ts';
import type { Estimate } from './estimate.ts';
import { addRow, NO_TOTALS, type RowResult, type Totals } from './totals.ts';

const CHECKPOINT_MS = 1_000;
/** A checkpoint comes earlier when so many ledger rows wait. */
const LEDGER_ROWS_MAX = 2_000;

export interface RunProgress {
  readonly totals: Totals;
  readonly path: string;
  readonly estimate?: Estimate | null;
}

/** What a run tells while it goes. `row` may take its time: the run waits for it. */
export interface RunSink {
  row(result: RowResult): Promise<void> | void;
  progress(progress: RunProgress): void;
}

export interface RunScan {
  readonly id: string;
  readonly files: RunFiles;
  readonly store: RunStore;
  readonly clock: Clock;
  readonly sink: RunSink;
  readonly control: RunControl;
  readonly patternRelease: string;
  /** Totals up to the cursor, where the run goes on. */
  readonly before: Totals;
}

/** Runs to the end, or to where the control ends it. Rejects only when the state or the sink cannot be written. */
export async function runScan(run: RunScan): Promise<SummaryRow> {
  const startedMs = run.clock.monotonicMs();
  const journal = openJournal(run);
  let totals = run.before;
  for await (const step of runFiles(run.files)) {
    if (step.result === 'dropped') break;
    if (step.result !== null) {
      totals = addRow(totals, step.result);
      await run.sink.row(step.result);
    }
    journal.note(step, totals);
    run.sink.progress({ totals, path: step.cursor.path.toString('utf8') });
  }
  journal.flush(totals);
  const cancelled = run.control.cancelled;
  run.store.setState(run.id, cancelled ?? 'done', run.clock.nowMs());
  return {
    type: 'summary',
    ...totals,
    patternRelease: run.patternRelease,
    elapsedMs: Math.round(run.clock.monotonicMs() - startedMs),
    state: cancelled === null ? 'done' : cancelled === 'cancelled' ? 'cancelled' : 'incomplete',
  };
}

/** Collects what the next checkpoint stores. The row's number is the file's place in the walk, so a repeat overwrites itself. */
function openJournal(run: RunScan): { note(step: Step, totals: Totals): void; flush(totals: Totals): void } {
  let ledger: { sequence: number; row: string }[] = [];
  let cursor: Cursor | null = null;
  let sequence = run.store.ledger(run.id).length;
  let flushedMs = run.clock.monotonicMs();
  const flush = (totals: Totals): void => {
    if (cursor === null) return;
    run.store.checkpoint(run.id, { cursor: encodeCursor(cursor), totals: JSON.stringify(totals), ledger });
    ledger = [];
    flushedMs = run.clock.monotonicMs();
  };
  return {
    note: (step, totals) => {
      cursor = step.cursor;
      if (step.result !== null && step.result !== 'dropped' && isWorthKeeping(step.result)) {
        ledger.push({ sequence: sequence++, row: JSON.stringify(step.result.row) });
      }
      const due = run.clock.monotonicMs() - flushedMs >= CHECKPOINT_MS || ledger.length >= LEDGER_ROWS_MAX;
      if (due) flush(totals);
    },
    flush,
  };
}

function isWorthKeeping({ row }: RowResult): boolean {
  return row.type === 'not-covered' || (row.type === 'file' && (row.verdict !== 'clean' || row.unscanned.length > 0));
}

export function encodeCursor(cursor: Cursor): Buffer {
  return Buffer.concat([Buffer.from(`${cursor.root} `), cursor.path]);
}

export function decodeCursor(bytes: Uint8Array): Cursor {
  const buffer = Buffer.from(bytes);
  const space = buffer.indexOf(0x20);
  return { root: Number(buffer.toString('latin1', 0, space)), path: buffer.subarray(space + 1) };
}

/** Where a recorded run goes on. */
export function standOf(record: RunRecord): { readonly from: Cursor | null; readonly before: Totals } {
  return {
    from: record.cursor === null ? null : decodeCursor(record.cursor),
    // One that an older agent began lacks what is counted since.
    before: record.totals === '' ? NO_TOTALS : { ...NO_TOTALS, ...(JSON.parse(record.totals) as Totals) },
  };
}
