// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pathTextFromBytes } from '../text/path-text.ts';
import { bytesTextFromBytes, bytesTextOf, bytesTextToBytes } from './bytes-text.ts';
import { foldsOf } from './folds.ts';

test('a path of any bytes is one character a byte, there and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = bytesTextFromBytes(all);
  assert.deepEqual([text.length, text.codePointAt(255)], [256, 255]);
  assert.deepEqual(bytesTextToBytes(text), all);
  assert.equal(bytesTextOf('/ü'), '/\u00c3\u00bc');
  assert.equal(bytesTextOf(pathTextFromBytes(Uint8Array.of(0x2f, 0xff))), '/\u00ff', 'no UTF-8');
  assert.equal(bytesTextOf(''), '');
  assert.deepEqual(bytesTextToBytes('\u0141'), Uint8Array.of(0x41), 'what is no byte is cut to one');
});

test('a text that no path has meets nothing', () => {
  for (const text of ['\ud800', 'a\udfff', '\ud800\ud800']) assert.equal(bytesTextOf(text), null);
});

test('the gate carries the characters that become one which a rule holds, and no others', () => {
  const bytesOf = (text: string): string => bytesTextOf(text) ?? assert.fail(text);
  assert.deepEqual(foldsOf([]), []);
  assert.deepEqual(foldsOf(['plain', '/srv']), []);
  assert.deepEqual(foldsOf(['a', 'k']), [[bytesOf('\u212a'), 'k']]);
  assert.deepEqual(foldsOf([bytesOf('grün')]), [[bytesOf('Ü'), bytesOf('ü')]]);
});
