// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHostile, hostileToText } from './hostile.ts';

const plain = (text: string) => ({ text, escaped: false });
const escape = (text: string) => ({ text, escaped: true });

test('a name that turns the direction of text, or hides, is shown as what it is', () => {
  assert.equal(hostileToText('/srv/invoice\u{202e}fdp.exe'), '/srv/invoice\\u{202e}fdp.exe');
  assert.equal(hostileToText('a\nb\r\tc\u{1b}[31m'), 'a\\nb\\r\\tc\\x1b[31m');
  assert.equal(hostileToText('zero\u{200b}width \u{feff}'), 'zero\\u{200b}width \\u{feff}');
  assert.equal(hostileToText('\u{dc80}'), '\\u{dc80}');
  assert.equal(hostileToText('日本語 é 𝔘'), '日本語 é 𝔘');
});

test('pieces that are to be read and those that are escapes stand apart; no piece is empty but that of no name', () => {
  assert.deepEqual(escapeHostile(''), [plain('')]);
  assert.deepEqual(escapeHostile('ab'), [plain('ab')]);
  assert.deepEqual(escapeHostile('\n'), [escape('\\n')]);
  assert.deepEqual(escapeHostile('a\n\tb'), [plain('a'), escape('\\n'), escape('\\t'), plain('b')]);
  assert.deepEqual(escapeHostile('\u{1}a\u{e0041}'), [escape('\\x01'), plain('a'), escape('\\u{e0041}')]);
});

test('each range of hostile characters is escaped from its first to its last, and not what is beside it', () => {
  const ranges: readonly (readonly [number, number])[] = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x61c, 0x61c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0xd800, 0xdfff],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
    [0xe0000, 0xe007f],
  ];
  const isEscaped = (code: number): boolean => escapeHostile(String.fromCodePoint(code))[0]?.escaped === true;
  for (const [first, last] of ranges)
    assert.deepEqual(
      [first - 1, first, last, last + 1].map((code) => code >= 0 && isEscaped(code)),
      [false, true, true, false],
      first.toString(16),
    );
});

test('a character below 256 is written with two digits, one above with as many as it has', () => {
  assert.deepEqual(['\u{0}', '\u{9f}', '\u{ad}', '\u{61c}'].map(hostileToText), [
    '\\x00',
    '\\x9f',
    '\\xad',
    '\\u{61c}',
  ]);
});
