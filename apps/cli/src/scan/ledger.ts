// SPDX-License-Identifier: Apache-2.0
// The ledger for people: what was not looked at, by reason, with some examples. --json has every row.
import type { FileRow, SummaryRow } from '@lazaret/contract';
import type { UnscannedReason } from '@lazaret/core';
import { safeText } from '../words.ts';

const EXAMPLES_MAX = 5;

export interface LedgerBook {
  add(row: FileRow): void;
  examples(reason: UnscannedReason): readonly string[];
}

const SENTENCES: Readonly<Record<UnscannedReason, string>> = {
  encrypted: 'encrypted',
  password: 'protected by a password',
  corrupted: 'corrupted',
  'unsupported-compression': 'compressed in a way that is not supported',
  layers: 'compressed too many times',
  size: 'too large when extracted',
  'engine-limit': 'over a limit of the engine',
  'structure-ambiguous': 'of an ambiguous structure, with too many ways to read it',
  'engine-failure': 'not scanned, because the engine failed',
  time: 'not scanned in time',
  unreadable: 'could not be opened',
  special: 'not a regular file (FIFO, socket, device)',
  network: 'on a network file system',
  changed: 'changed while it was read',
};

export function ledgerBook(): LedgerBook {
  const kept = new Map<UnscannedReason, string[]>();
  return {
    add: (row) => {
      for (const { reason, layers } of row.unscanned) {
        const examples = kept.get(reason) ?? [];
        if (examples.length < EXAMPLES_MAX) examples.push([row.path, ...layers].map(safeText).join(' ▸ '));
        kept.set(reason, examples);
      }
    },
    examples: (reason) => kept.get(reason) ?? [],
  };
}

export function formatLedger(book: LedgerBook, counts: SummaryRow['unscanned']): readonly string[] {
  const rows = Object.entries(counts) as [UnscannedReason, number][];
  if (rows.length === 0) return [];
  const lines = rows
    .toSorted(([, left], [, right]) => right - left)
    .flatMap(([reason, count]) => formatReason(book, reason, count));
  return ['', 'Not scanned:', ...lines];
}

function formatReason(book: LedgerBook, reason: UnscannedReason, count: number): readonly string[] {
  const examples = book.examples(reason);
  const more = count - examples.length;
  const sentence = SENTENCES[reason];
  return [
    `  ${count} ${sentence}${sentence === reason ? '' : ` (${reason})`}`,
    ...examples.map((example) => `    ${example}`),
    ...(more > 0 && examples.length > 0 ? [`    … and ${more} more`] : []),
  ];
}
