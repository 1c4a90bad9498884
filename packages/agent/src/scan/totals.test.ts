// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FileRow } from '@lazaret/contract';
import { addRow, exitCodeOf, NO_TOTALS, type RowResult, type Totals } from './totals.ts';

const FILE: FileRow = {
  type: 'file',
  path: '/a',
  verdict: 'clean',
  threats: [],
  unscanned: [],
  trueType: 'text',
  bytes: 10,
  sha256: null,
  decidedBy: '/manual/files',
};
const row = (fields: Partial<FileRow>, lookedAt = 1, all = 1): RowResult => ({
  row: { ...FILE, ...fields },
  coverage: { lookedAt, all },
});
const sum = (...rows: readonly RowResult[]): Totals => rows.reduce(addRow, NO_TOTALS);
const leaf = (reason: FileRow['unscanned'][number]['reason']): FileRow['unscanned'][number] => ({
  reason,
  layers: [],
  bytes: 1,
});

test('LM-0b: coverage adds up, reasons are counted leaf by leaf, and what is special or network stands outside', () => {
  const totals = sum(
    row({}),
    row({ verdict: 'partly', unscanned: [leaf('encrypted'), leaf('encrypted'), leaf('size')] }, 2, 5),
    row({ verdict: 'partly', unscanned: [leaf('special')] }, 0, 0),
    row({ verdict: 'partly', unscanned: [leaf('network')] }, 0, 0),
    { row: { type: 'excepted', path: '/b', decidedBy: '/manual/exceptions/0' }, coverage: { lookedAt: 0, all: 0 } },
  );
  assert.deepEqual(totals.coverage, { lookedAt: 3, all: 6 });
  assert.deepEqual(totals.unscanned, { encrypted: 2, size: 1, special: 1, network: 1 });
  assert.deepEqual([totals.files, totals.partly, totals.excepted, totals.bytes], [2, 1, 1, 20]);
});

test('exit codes: 1 found, 3 not everything looked at or not to its end, else 0', () => {
  const found = sum(row({ verdict: 'infected' }), row({ verdict: 'partly', unscanned: [leaf('size')] }, 0, 1));
  assert.equal(exitCodeOf(found, 'done'), 1);
  assert.equal(exitCodeOf(found, 'cancelled'), 1);
  assert.equal(exitCodeOf(sum(row({ verdict: 'partly', unscanned: [leaf('size')] }, 0, 1)), 'done'), 3);
  assert.equal(exitCodeOf(sum(row({})), 'incomplete'), 3);
  assert.equal(exitCodeOf(sum(row({}), row({ verdict: 'partly', unscanned: [leaf('special')] }, 0, 0)), 'done'), 0);
  assert.equal(exitCodeOf(NO_TOTALS, 'done'), 3, 'a scan that met no file proves nothing');
  assert.equal(exitCodeOf(NO_TOTALS, 'done', true), 0);
  assert.equal(exitCodeOf({ ...NO_TOTALS, excepted: 1 }, 'done'), 0);
});
