// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { displayPath, hasForeignBytes, pathTextFromBytes, pathTextToBytes } from './path-text.ts';

const seed = Number(process.env['LAZARET_SEED'] ?? 20_261_124);

describe(`paths as text (seed ${seed})`, () => {
  it('any bytes come back the same, and valid UTF-8 is its own text', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      // Not fast-check's unit of any code point: to be made, it takes longer than all else here.
      fc
        .array(fc.nat({ max: 0x10_ff_ff }), { maxLength: 4 })
        .map((points) => new Uint8Array(Buffer.from(String.fromCodePoint(...points), 'utf8'))),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        const bytes = new Uint8Array(Buffer.concat(chunks));
        const text = pathTextFromBytes(bytes);
        assert.deepEqual(pathTextToBytes(text), bytes);
        const valid = Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8').equals(bytes);
        assert.equal(hasForeignBytes(text), !valid);
        if (valid) assert.equal(text, Buffer.from(bytes).toString('utf8'));
      }),
      { seed, numRuns: process.env['LAZARET_MUTANTS'] === '1' ? 500 : 5_000 },
    );
  });

  it('the first and the last character of each length of UTF-8 is one, and what lies beside them is foreign bytes', () => {
    for (const [hex, text] of [
      ['7f', '\u007f'],
      ['c280', '\u0080'],
      ['dfbf', '\u07ff'],
      ['e0a080', '\u0800'],
      ['ed9fbf', '\ud7ff'],
      ['ee8080', '\ue000'],
      ['efbfbf', '\uffff'],
      ['f0908080', '\u{10000}'],
      ['f48fbfbf', '\u{10ffff}'],
    ] as const) {
      const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
      assert.equal(pathTextFromBytes(bytes), text, hex);
      assert.deepEqual(pathTextToBytes(text), bytes, hex);
      assert.ok(!hasForeignBytes(text));
    }
    for (const hex of [
      '80',
      'c1bf',
      'c2',
      'e09fbf',
      'e0a0',
      'eda080',
      'edbfbf',
      'f08fbfbf',
      'f09080',
      'f4908080',
      'f5808080',
      'f9808080',
      'ff',
      'c241',
      'e0a041',
    ])
      assert.ok(hasForeignBytes(pathTextFromBytes(new Uint8Array(Buffer.from(hex, 'hex')))), hex);
  });

  it('a lone half of a pair that stands for no byte becomes U+FFFD', () => {
    for (const text of ['\ud800', '\udb80', '\udbff', '\udc00', '\udc7f', '\udd00', '\udfff'])
      assert.equal(Buffer.from(pathTextToBytes(text)).toString('hex'), 'efbfbd');
    assert.deepEqual([...pathTextToBytes('\udc80\udcff')], [0x80, 0xff]);
  });

  it('overlong forms, surrogates and cut sequences are foreign bytes', () => {
    for (const bytes of [
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0xf0, 0x80, 0x80, 0x80],
      [0xff],
    ]) {
      const text = pathTextFromBytes(Uint8Array.from(bytes));
      assert.ok(hasForeignBytes(text));
      assert.deepEqual([...pathTextToBytes(text)], bytes);
      assert.equal(displayPath(text), '\u{fffd}'.repeat(bytes.length));
    }
  });
});
