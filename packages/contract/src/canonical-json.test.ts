// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, findNonJson } from './canonical-json.ts';

// The number vectors are those of RFC 8785, appendix B: IEEE 754 bits and the text they must have.
const NUMBERS: readonly (readonly [string, string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

function fromBits(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE(0);
}

const seed = Number(process.env['LAZARET_SEED'] ?? 20_261_124);

describe(`canonicalJson (seed ${seed})`, () => {
  it('writes the numbers of RFC 8785 appendix B', () => {
    for (const [bits, text] of NUMBERS) assert.equal(canonicalJson(fromBits(bits)), text, bits);
  });

  it('refuses what is no JSON number', () => {
    for (const bits of ['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])
      assert.throws(() => canonicalJson(fromBits(bits)), { code: 'json.not_canonical' });
  });

  it('orders members by UTF-16 code units, as section 3.2.3 shows', () => {
    const members = {
      '€': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    };
    const names = Object.keys(JSON.parse(canonicalJson(members)) as object);
    assert.deepEqual(names.toSorted(), ['\r', '1', '\u0080', 'ö', '€', '\u{1f600}', '\ufb33'].toSorted());
    const order = ['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew'];
    const places = order.map((word) => canonicalJson(members).indexOf(word));
    assert.deepEqual(
      places,
      places.toSorted((left, right) => left - right),
    );
  });

  it('writes the strings of section 3.2.2', () => {
    assert.equal(canonicalJson('€$\u000f\nA\'B"\\\\"/'), String.raw`"€$\u000f\nA'B\"\\\\\"/"`);
    assert.equal(canonicalJson([null, true, false, []]), '[null,true,false,[]]');
  });

  it('is JSON of the same value, and the same for every order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        if (findNonJson(value) !== null) return;
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
      { seed, numRuns: process.env['LAZARET_MUTANTS'] === '1' ? 200 : 2_000 },
    );
  });

  it('what JSON cannot say is named by its pointer, at any depth', () => {
    const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);
    for (const [value, where] of [
      [undefined, ''],
      [Number.NaN, ''],
      [{ a: [1, undefined] }, '/a/1'],
      [{ a: { 'b/c': () => 1 } }, '/a/b~1c'],
      [[1, { at: new Date(0) }], '/1/at'],
      [[1n], '/0'],
      [['\ud800'], '/0'],
      [{ '\ud800': 1 }, ''],
      [nested(64), '/0'.repeat(64)],
    ] as const) {
      assert.equal(findNonJson(value), where);
      assert.throws(() => canonicalJson(value), {
        code: 'json.not_canonical',
        where,
        message: `The value at "${where}" cannot be written as JSON.`,
      });
    }
    for (const value of [null, nested(63), Object.create(null), { a: { b: [1] } }])
      assert.equal(findNonJson(value), null);
    const hostile = {
      get a(): never {
        throw new RangeError('not ours');
      },
    };
    assert.throws(() => findNonJson(hostile), RangeError);
  });
});
