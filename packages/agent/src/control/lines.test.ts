// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { lineCutter, LineTooLong } from './lines.ts';

test('lines are the same however they arrive, also where a character is cut', () => {
  const bytes = Buffer.from('one\n\ntwö 検\nlast');
  for (let size = 1; size <= bytes.length; size++) {
    const cut = lineCutter(100);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...cut(bytes.subarray(at, at + size)));
    assert.deepEqual(lines, ['one', '', 'twö 検']);
    assert.deepEqual(cut(Buffer.from('\n')), ['last']);
  }
});

test('what waits for its end is no view of a chunk that is used again', () => {
  const cut = lineCutter(100);
  const chunk = Buffer.from('abc');
  cut(chunk);
  chunk.fill('x');
  assert.deepEqual(cut(Buffer.from('\n')), ['abc']);
});

test('of a line without an end no more is held than allowed; each line is counted by itself', () => {
  const cut = lineCutter(4);
  assert.deepEqual(cut(Buffer.from('ab')), []);
  assert.deepEqual(cut(Buffer.from('cd')), []);
  assert.throws(
    () => cut(Buffer.from('e')),
    (error) => error instanceof LineTooLong && error.message === 'a line is longer than 4 bytes',
  );
  const other = lineCutter(4);
  for (let at = 0; at < 3; at++)
    assert.deepEqual(other(Buffer.from('abc\nd\nefgh')), [`${at === 0 ? '' : 'efgh'}abc`, 'd']);
  const ended = lineCutter(2);
  assert.deepEqual(ended(Buffer.from('abcdef\n')), ['abcdef'], 'it has an end, and is not held');
});
