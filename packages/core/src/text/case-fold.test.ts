// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldCase, listFoldedCharacters } from './case-fold.ts';

describe('folding of case', () => {
  it('RT-3c: every character of Unicode becomes one character, which stays as it is', () => {
    const listed = new Map(listFoldedCharacters());
    let changed = 0;
    for (let code = 0; code <= 0x10_ff_ff; code++) {
      const character = String.fromCodePoint(code);
      const folded = foldCase(character);
      if (folded === character) continue;
      changed++;
      assert.equal(Array.from(folded).length, 1, `U+${code.toString(16)}`);
      assert.equal(foldCase(folded), folded, `U+${code.toString(16)}`);
      if (code > 0x7f) assert.equal(listed.get(character), folded, `U+${code.toString(16)} is not listed`);
    }
    assert.ok(changed > 1_400, `only ${changed} characters change`);
    assert.equal(listed.size, changed - 26, 'all but A to Z are listed');
  });

  it('RT-3c: no character depends on its neighbours', () => {
    assert.equal(foldCase('\u039f\u0394\u039f\u03a3.\u039f\u03a3'), '\u03bf\u03b4\u03bf\u03c3.\u03bf\u03c3');
    assert.equal(foldCase('\u03c2'), '\u03c3');
    assert.equal(foldCase('A\u0130\u039f\u03a3\u0130'), 'a\u0130\u03bf\u03c3\u0130');
    assert.equal(foldCase('\udcc3\udce9A'), '\udcc3\udce9a', 'bytes that are no UTF-8 stay');
  });
});
