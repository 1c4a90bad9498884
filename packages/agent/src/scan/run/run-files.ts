// SPDX-License-Identifier: Apache-2.0
// The pipeline of a run: walk → select → open → judge → rows in walk order. Every stage pulls from the one before, so each queue has a limit: 256 found,
// OPEN_AT_ONCE descriptors, `atOnceMax` at the engine, HELD_MAX rows behind a slow one.
import type { OpenResult } from '@lazaret/host/ports';
import { LazaretError, type UnscannedReason } from '@lazaret/core';
import { mapInOrder } from './in-order.ts';
import { judgeFile, type Judge } from '../judge-file.ts';
import { exceptedRow, notCoveredRow, unopenedRow } from '../rows.ts';
import type { Pacing } from './pacing.ts';
import type { RunControl } from './run-control.ts';
import type { Selected } from '../walk/scope.ts';
import { findFiles, type Cursor, type Found, type SourceOptions } from '../walk/source.ts';
import type { RowResult } from './totals.ts';

const OPEN_AT_ONCE = 32;
const HELD_MAX = 512;

export interface RunFiles {
  readonly source: SourceOptions;
  select(found: Extract<Found, { kind: 'regular' }>): Selected;
  readonly judge: Judge;
  readonly pacing: Pacing;
  readonly control: RunControl;
  readonly atOnceMax: number;
  /** The rule that rows name for what was never opened. */
  readonly scopeRule: string;
}

/** One step of the walk: its row, if it has one, and where the run stands after it. */
export interface Step {
  readonly cursor: Cursor;
  /** `dropped`: the run was ended before this file was looked at. The cursor must not move to it, nor past it. */
  readonly result: RowResult | null | 'dropped';
}

type Item =
  | { readonly kind: 'ready'; readonly cursor: Cursor; readonly result: RowResult | null }
  | { readonly kind: 'opened'; readonly found: Regular; readonly selected: ToScan; readonly opened: OpenResult };

type ToScan = Extract<Selected, { kind: 'scan' }>;
type Regular = Extract<Found, { kind: 'regular' }>;

export function runFiles(run: RunFiles): AsyncGenerator<Step> {
  const work = async (item: Item): Promise<Step> =>
    item.kind === 'ready' ? item : { cursor: item.found.cursor, result: await judgeItem(item, run) };
  return mapInOrder(openItems(run), work, { atOnceMax: run.atOnceMax, heldMax: HELD_MAX });
}

async function judgeItem(
  { found, opened, selected }: Extract<Item, { kind: 'opened' }>,
  run: RunFiles,
): Promise<Step['result']> {
  const { text, identity, cursor } = found;
  const { decidedBy, nameListed } = selected;
  if (!opened.opened) {
    const reason = reasonOfOpenError(opened.code);
    return reason === null ? null : unopenedRow(cursor.path, text, reason, identity.size, decidedBy);
  }
  const file = { path: cursor.path, text, opened: opened.file, identity: opened.identity, decidedBy, nameListed };
  if (run.control.cancelled !== null) {
    opened.file.close();
    return 'dropped';
  }
  try {
    return await judgeFile(file, run.judge);
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'scan.cancelled') return 'dropped';
    throw error;
  }
}

/** Gone since the walk: nothing is there. Anything else was there and was not looked at. */
function reasonOfOpenError(code: string): UnscannedReason | null {
  if (code === 'ENOENT') return null;
  return code === 'NOT_REGULAR' || code === 'ELOOP' ? 'changed' : 'unreadable';
}

async function* openItems(run: RunFiles): AsyncGenerator<Item> {
  for await (const batch of findFiles(run.source)) {
    for (let from = 0; from < batch.length; from += OPEN_AT_ONCE) {
      await run.control.untilRunning();
      if (run.control.cancelled !== null) return;
      yield* openSome(batch.slice(from, from + OPEN_AT_ONCE), run);
    }
  }
}

/** Opens what is to be scanned in one go; what the run does not come to take any more is closed. */
async function* openSome(batch: readonly Found[], run: RunFiles): AsyncGenerator<Item> {
  const prepared = batch.map((found) => prepare(found, run));
  const wanted = prepared.filter((item) => item.kind === 'open');
  const answers = await run.source.files.openForScan(
    wanted.map(({ found }) => ({ path: found.cursor.path })),
    { noSymlinks: true },
  );
  let next = 0;
  try {
    for (const item of prepared) {
      if (item.kind === 'ready') yield item;
      else {
        await waitForTurn(run);
        if (run.control.cancelled !== null) return;
        const opened = answers[next++] ?? { opened: false, code: 'EIO', type: 'unknown' };
        yield { kind: 'opened', found: item.found, selected: item.selected, opened };
      }
    }
  } finally {
    for (const answer of answers.slice(next)) if (answer.opened) answer.file.close();
  }
}

async function waitForTurn({ control, pacing }: RunFiles): Promise<void> {
  await control.untilRunning();
  await pacing.allowance(control.signal);
}

type Prepared =
  | Extract<Item, { kind: 'ready' }>
  | { readonly kind: 'open'; readonly found: Regular; readonly selected: ToScan };

function prepare(found: Found, run: RunFiles): Prepared {
  const { cursor, text } = found;
  const ready = (result: RowResult | null): Prepared => ({ kind: 'ready', cursor, result });
  switch (found.kind) {
    case 'special':
      return ready(unopenedRow(cursor.path, text, 'special', 0, run.scopeRule));
    case 'unreadable':
      return ready(unopenedRow(cursor.path, text, 'unreadable', 0, run.scopeRule));
    case 'mount':
      return ready(mountRow(found, run.scopeRule));
    case 'regular': {
      const selected = run.select(found);
      if (selected.kind === 'scan') return { kind: 'open', found, selected };
      if (selected.kind === 'out-of-scope') return ready(null);
      return ready({ row: exceptedRow(cursor.path, text, selected.decidedBy), coverage: { lookedAt: 0, all: 0 } });
    }
  }
}

function mountRow(found: Extract<Found, { kind: 'mount' }>, scopeRule: string): RowResult {
  const { cursor, text, fileSystemType } = found;
  if (found.class === 'network') return unopenedRow(cursor.path, text, 'network', 0, scopeRule);
  const why = found.class === 'pseudo' ? 'pseudo' : 'other-file-system';
  return notCoveredRow(cursor.path, text, fileSystemType, why);
}
