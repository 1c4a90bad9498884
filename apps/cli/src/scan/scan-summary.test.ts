// SPDX-License-Identifier: Apache-2.0
// What a person reads at the end of a scan, with the ledger beneath.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FileRow, SummaryRow } from '@lazaret/contract';
import { formatLedger, ledgerBook } from './ledger.ts';
import { formatSummary } from './scan-summary.ts';

function summary(changed: Partial<SummaryRow>): SummaryRow {
  return {
    type: 'summary',
    state: 'done',
    files: 1,
    infected: 0,
    partly: 0,
    bytes: 68,
    coverage: { lookedAt: 1, all: 1 },
    excepted: 0,
    exceptedBy: {},
    unscanned: {},
    elapsedMs: 500,
    patternRelease: 'starter',
    ...changed,
  } as SummaryRow;
}

test('one clean file is told as one clean file', () => {
  assert.deepEqual(formatSummary(summary({})).slice(0, 2), [
    'Scanned 1 file, 68 B in 0.5 s.',
    'Infected: 0. Clean: 1. Partly scanned: 0. Excepted: 0.',
  ]);
});

test('every file is infected, clean or partly scanned; what rules excepted is counted apart', () => {
  const excepted = { excepted: 3, exceptedBy: { '/manual/exceptions/0': 2, '/manual/exceptions/1': 1 } };
  const lines = formatSummary(summary({ state: 'cancelled', files: 10, infected: 2, partly: 3, ...excepted }));
  assert.equal(lines[0], 'Stopped early (cancelled): 10 files, 68 B in 0.5 s.');
  assert.equal(lines[1], 'Infected: 2. Clean: 5. Partly scanned: 3. Excepted: 3.');
  assert.deepEqual(lines.slice(3), [
    '  excepted by /manual/exceptions/0: 2 files',
    '  excepted by /manual/exceptions/1: 1 file',
  ]);
});

test('the ledger names the reason of a policy beside its words, and once where they are the same', () => {
  const book = ledgerBook();
  book.add({ path: '/srv/a.zip', unscanned: [{ reason: 'encrypted', layers: ['b'] }] } as unknown as FileRow);
  assert.deepEqual(formatLedger(book, { encrypted: 1, layers: 2 }), [
    '',
    'Not scanned:',
    '  2 compressed too many times (layers)',
    '  1 encrypted',
    '    /srv/a.zip ▸ b',
  ]);
});
