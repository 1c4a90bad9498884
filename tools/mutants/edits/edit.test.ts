// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { applyEdit } from './edit.ts';
import { EDITS } from './edits.ts';

const SOURCE = `interface Part {
  work(): void;
}
export function first(): number {
  return one(1);
}
export function second(): number {
  return one(1);
}
const LIST = [
  'a',
  'b',
];
`;
const edit = { name: 'the edit', symbol: 'second', from: 'one(1)', to: 'two()' };

test('an edit is made in its symbol alone', () => {
  assert.equal(applyEdit(SOURCE, edit), SOURCE.replace(/one\(1\)(?![^]*one)/, 'two()'));
  assert.match(applyEdit(SOURCE, { ...edit, symbol: 'LIST', from: "  'b',\n", to: '' }), /'a',\n\];/);
});

test('an edit that does not fit exactly once is an error, and so is one that changes nothing', () => {
  for (const wrong of [
    { ...edit, symbol: 'third' },
    { ...edit, from: 'three()' },
    { ...edit, symbol: '' },
    { ...edit, to: 'one(1)' },
  ])
    assert.throws(() => applyEdit(SOURCE, wrong), /the edit/, JSON.stringify(wrong));
});

test('every edit of the list fits the product as it stands, and names tests that are there', () => {
  for (const one of EDITS) {
    assert.notEqual(applyEdit(readFileSync(one.file, 'utf8'), one), '', one.name);
    for (const path of one.tests) assert.ok(readFileSync(path, 'utf8').includes('test'), path);
  }
});
