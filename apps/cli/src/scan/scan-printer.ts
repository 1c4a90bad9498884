// SPDX-License-Identifier: Apache-2.0
// What a scan shows: NDJSON for programs; for people a progress line on a terminal, what was found as it is found, a summary,
// and the ledger grouped by reason. File names are hostile: control characters never reach the terminal.
import type { FileRow, ScanRow, SummaryRow } from '@lazaret/contract';
import { isEmpty, shareDone, timeLeftMs, type RunProgress } from '@lazaret/agent';
import { print } from '../output.ts';
import { formatLedger, ledgerBook, type LedgerBook } from './ledger.ts';
import { formatSummary } from './scan-summary.ts';
import { countOf, formatBytes, formatDuration, safeText } from '../words.ts';

export interface ScanPrinter {
  row(row: ScanRow): Promise<void>;
  readonly wantsEstimate: boolean;
  progress(progress: RunProgress): void;
  note(text: string): void;
  end(): void;
}

const PROGRESS_MS = 200;

export function scanPrinter(json: boolean): ScanPrinter {
  return json ? jsonPrinter() : peoplePrinter();
}

function jsonPrinter(): ScanPrinter {
  return {
    row: (row) => write(`${JSON.stringify(row)}\n`),
    wantsEstimate: false,
    progress: () => {},
    note: () => {},
    end: () => {},
  };
}

/** Resolves when standard output has room again: a slow reader slows the scan, memory stays flat. */
function write(text: string): Promise<void> {
  if (process.stdout.write(text)) return Promise.resolve();
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}

function peoplePrinter(): ScanPrinter {
  const terminal = process.stderr.isTTY;
  const ledger = ledgerBook();
  const startedAt = performance.now();
  let shownAt = 0;
  const clear = (): void => {
    if (terminal) process.stderr.write('\r\x1b[K');
  };
  return {
    row: async (row) => {
      const isFound = row.type === 'file' && row.verdict === 'infected';
      if (row.type === 'file') ledger.add(row);
      if (isFound || row.type === 'summary') clear();
      if (isFound) printFound(row);
      else if (row.type === 'summary') printSummary(row, ledger);
    },
    wantsEstimate: terminal,
    progress: (progress) => {
      if (!terminal || performance.now() - shownAt < PROGRESS_MS) return;
      shownAt = performance.now();
      const line = formatProgress(progress, shownAt - startedAt);
      process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    },
    note: (text) => {
      clear();
      process.stderr.write(`${safeText(text)}\n`);
    },
    end: clear,
  };
}

function formatProgress({ totals, path, estimate }: RunProgress, elapsedMs: number): string {
  const percent = shareDone(totals, estimate ?? null);
  const left = timeLeftMs(percent, elapsedMs);
  const share = percent === null ? '' : `${percent} %, `;
  const time = left === null ? '' : `, about ${formatDuration(left)} left`;
  return `${share}${countOf(totals.files, 'file')}, ${formatBytes(totals.bytes)}, found ${totals.infected}${time}  ${safeText(path)}`;
}

function printFound(row: FileRow): void {
  for (const threat of row.threats) {
    const place = [row.path, ...threat.layers].map(safeText).join(' ▸ ');
    print(`${place}: ${safeText(threat.name)} (${threat.kind})`);
  }
  if (row.threatsLeftOut !== undefined)
    print(`  … and in at least ${countOf(row.threatsLeftOut, 'more place')} of this file`);
  if (row.action !== undefined) print(`  ${formatAction(row.action)}`);
}

function formatAction({ primary, secondary }: NonNullable<FileRow['action']>): string {
  const steps = secondary === undefined ? [primary] : [primary, secondary];
  return steps
    .map(({ action, result, error }) => `${action}: ${result}${error === undefined ? '' : ` (${error})`}`)
    .join(', then ');
}

function printSummary(summary: SummaryRow, ledger: LedgerBook): void {
  if (isEmpty(summary)) print('The scan found no file, so it has no result.');
  for (const line of formatSummary(summary)) print(line);
  for (const line of formatLedger(ledger, summary.unscanned)) print(line);
}
