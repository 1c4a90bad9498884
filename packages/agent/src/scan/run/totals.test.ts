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

test('LM-0b: a file that is partly special is a file; places that are not covered count as nothing', () => {
  const totals = sum(row({ verdict: 'infected', unscanned: [leaf('special'), leaf('size')] }, 1, 2), {
    row: { type: 'not-covered', path: '/n', fileSystemType: 'nfs', why: 'other-file-system' },
    coverage: { lookedAt: 0, all: 0 },
  });
  assert.deepEqual(totals, {
    ...NO_TOTALS,
    files: 1,
    infected: 1,
    bytes: 10,
    coverage: { lookedAt: 1, all: 2 },
    unscanned: { special: 1, size: 1 },
  });
});

test('LM-0b: what a very long answer leaves out of its reasons is counted with those that it tells', () => {
  const unscannedLeftOut = { encrypted: 3, size: 2 };
  const totals = sum(row({ verdict: 'partly', unscanned: [leaf('encrypted')], unscannedLeftOut }, 1, 7));
  assert.deepEqual(totals.unscanned, { encrypted: 4, size: 2 });
});

test('EX-2h: what each exception left out is counted by its place', () => {
  const excepted = (decidedBy: string): RowResult => ({
    row: { type: 'excepted', path: '/b', decidedBy },
    coverage: { lookedAt: 0, all: 0 },
  });
  const totals = sum(excepted('/a'), excepted('/b'), excepted('/a'));
  assert.deepEqual(totals, { ...NO_TOTALS, excepted: 3, exceptedBy: { '/a': 2, '/b': 1 } });
});

test('AC-3b: an action failed where its last step neither did it nor found it gone', () => {
  const step = (result: 'done' | 'gone' | 'changed' | 'failed') => ({ action: 'delete', result }) as const;
  const action = (primary: Parameters<typeof step>[0], secondary?: Parameters<typeof step>[0]): RowResult =>
    row({
      verdict: 'infected',
      action: {
        primary: step(primary),
        ...(secondary === undefined ? {} : { secondary: step(secondary) }),
        notify: false,
        decidedBy: '/manual/action',
      },
    });
  const failed = (...rows: readonly RowResult[]): number => sum(...rows).actionsFailed;
  assert.equal(failed(action('done'), action('gone'), action('failed', 'done'), action('changed', 'gone'), row({})), 0);
  assert.equal(failed(action('failed'), action('changed'), action('failed', 'failed')), 3);
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
  assert.equal(exitCodeOf({ ...sum(row({})), excepted: 1 }, 'done'), 0);
});
