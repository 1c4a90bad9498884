// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { countOf, formatBytes, formatDuration, safeText } from './words.ts';

test('a name cannot play with the terminal or with the reader: what is not seen is written out, whole', () => {
  const cases: Record<string, string> = {
    'plain – été ダウンロード 🙂': 'plain – été ダウンロード 🙂',
    'a\u001b[2Jb': String.raw`a\u001b[2Jb`,
    'a\nb\rc\td\0': String.raw`a\u000ab\u000dc\u0009d\u0000`,
    '\u009b31m': String.raw`\u009b31m`,
    'invoice\u202efdp.exe': String.raw`invoice\u202efdp.exe`,
    'a\u200bb\u2028c\ufeff': String.raw`a\u200bb\u2028c\ufeff`,
    'tag\u{e0041}': String.raw`tag\u{e0041}`,
  };
  for (const [text, safe] of Object.entries(cases)) assert.equal(safeText(text), safe);
});

test('a count of one is singular, every other is plural', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => countOf(count, 'file')),
    ['0 files', '1 file', '2 files'],
  );
});

test('sizes and durations at their edges', () => {
  assert.deepEqual([0, 1, 1023, 1024, 1_048_576, 1024 ** 5].map(formatBytes), [
    '0 B',
    '1 B',
    '1023 B',
    '1.0 KB',
    '1.0 MB',
    '1024.0 TB',
  ]);
  assert.deepEqual([0, 59_949, 60_000, 3_599_999, 3_600_000].map(formatDuration), [
    '0.0 s',
    '59.9 s',
    '1 min 0 s',
    '59 min 59 s',
    '1 h 0 min',
  ]);
});
