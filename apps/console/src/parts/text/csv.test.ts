// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CsvCell, formatCsv } from './csv.ts';

/** A cell as it stands in a file. */
const cellOf = (cell: CsvCell): string => formatCsv([], [[cell]]).slice('\u{feff}\r\n'.length, -'\r\n'.length);

test('CSV is a byte order mark, and lines with an end each', () => {
  assert.equal(
    formatCsv(
      ['path', 'count'],
      [
        ['a', 1],
        ['b', null],
      ],
    ),
    '\u{feff}path,count\r\na,1\r\nb,\r\n',
  );
  assert.equal(formatCsv(['a'], []), '\u{feff}a\r\n');
});

test('no cell is one that a spreadsheet runs', () => {
  for (const begin of ['=', '+', '-', '@']) {
    assert.equal(cellOf(`${begin}1`), `'${begin}1`);
    assert.equal(cellOf(`a${begin}1`), `a${begin}1`, 'in its midst it does nothing');
  }
  assert.deepEqual([cellOf('\t=1'), cellOf('\r=1')], ["'\\t=1", "'\\r=1"]);
  assert.equal(cellOf('=HYPERLINK("x")'), `"'=HYPERLINK(""x"")"`);
  assert.equal(cellOf(-1), '-1', 'a number is one');
});

test('what would end a cell is in quotes, and what is hostile is escaped', () => {
  assert.deepEqual([cellOf('a,b'), cellOf('"'), cellOf('a"b"')], ['"a,b"', '""""', '"a""b"""']);
  assert.deepEqual([cellOf('a\nb'), cellOf('\u{202e}'), cellOf('a b')], ['a\\nb', '\\u{202e}', 'a b']);
});
