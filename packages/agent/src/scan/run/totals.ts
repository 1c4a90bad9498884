// SPDX-License-Identifier: Apache-2.0
// The totals of a run. Pure: a checkpoint stores them, the summary row shows them, and the exit code follows from them.
import type { FileRow, ScanRow, SummaryRow } from '@lazaret/contract';
import type { UnscannedReason } from '@lazaret/core';

export type Totals = Omit<SummaryRow, 'type' | 'patternRelease' | 'elapsedMs' | 'state'>;

export const NO_TOTALS: Totals = {
  files: 0,
  infected: 0,
  partly: 0,
  bytes: 0,
  coverage: { lookedAt: 0, all: 0 },
  unscanned: {},
  excepted: 0,
  exceptedBy: {},
  actionsFailed: 0,
};

/** What one row and its leaves add. `coverage` comes from the scanner for a file that was opened. */
export interface RowResult {
  readonly row: Exclude<ScanRow, SummaryRow>;
  readonly coverage: { readonly lookedAt: number; readonly all: number };
}

/** `special` and `network` stand outside coverage, counts of files and exit code; they are counted by their reason alone. */
const OUTSIDE: ReadonlySet<UnscannedReason> = new Set(['special', 'network']);

export function addRow(totals: Totals, { row, coverage }: RowResult): Totals {
  if (row.type === 'excepted') return addExcepted(totals, row.decidedBy);
  if (row.type === 'not-covered') return totals;
  const unscanned = addReasons(totals.unscanned, row);
  if (isOutside(row)) return { ...totals, unscanned };
  return {
    ...totals,
    files: totals.files + 1,
    infected: totals.infected + (row.verdict === 'infected' ? 1 : 0),
    partly: totals.partly + (row.verdict === 'partly' ? 1 : 0),
    bytes: totals.bytes + row.bytes,
    coverage: {
      lookedAt: totals.coverage.lookedAt + coverage.lookedAt,
      all: totals.coverage.all + coverage.all,
    },
    unscanned,
    actionsFailed: totals.actionsFailed + (actionFailed(row) ? 1 : 0),
  };
}

function addExcepted(totals: Totals, decidedBy: string): Totals {
  const before = totals.exceptedBy;
  const exceptedBy = { ...before, [decidedBy]: (before[decidedBy] ?? 0) + 1 };
  return { ...totals, excepted: totals.excepted + 1, exceptedBy };
}

function addReasons(unscanned: Totals['unscanned'], row: FileRow): Totals['unscanned'] {
  if (row.unscanned.length === 0) return unscanned;
  const sum: Partial<Record<UnscannedReason, number>> = { ...unscanned };
  const add = (reason: UnscannedReason, count: number): void => void (sum[reason] = (sum[reason] ?? 0) + count);
  for (const { reason } of row.unscanned) add(reason, 1);
  for (const [reason, count] of Object.entries(row.unscannedLeftOut ?? {})) add(reason as UnscannedReason, count);
  return sum;
}

function isOutside(row: FileRow): boolean {
  return row.unscanned.length > 0 && row.unscanned.every(({ reason }) => OUTSIDE.has(reason));
}

function actionFailed({ action }: FileRow): boolean {
  if (action === undefined) return false;
  const { result } = action.secondary ?? action.primary;
  return result !== 'done' && result !== 'gone';
}

/** No file was met, not even one that an exception leaves out: nothing can be said. */
export function isEmpty({ files, excepted }: Pick<Totals, 'files' | 'excepted'>): boolean {
  return files + excepted === 0;
}

/** 1 found, 3 nothing found but not everything looked at, or no file met; 0 otherwise. (2, error, is not a run's.) */
export function exitCodeOf(totals: Totals, state: SummaryRow['state'], allowEmpty = false): 0 | 1 | 3 {
  if (totals.infected > 0) return 1;
  if (isEmpty(totals) && !allowEmpty) return 3;
  return totals.coverage.lookedAt < totals.coverage.all || state !== 'done' ? 3 : 0;
}
