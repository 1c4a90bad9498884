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
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => new Uint8Array(Buffer.from(text, 'utf8'))),
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
      { seed, numRuns: 5_000 },
    );
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
