// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDifferences } from './diff.ts';

const textOf = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value));
const shown = (before: unknown, after: unknown): readonly string[] =>
  findDifferences(before, after).map(
    ({ pointer, before: was, after: is }) => `${pointer}: ${textOf(was)} → ${textOf(is)}`,
  );

test('documents that are the same do not differ', () => {
  for (const document of [null, 1, 'a', {}, [], { a: [1, { b: null }] }])
    assert.deepEqual(shown(document, structuredClone(document)), []);
  assert.deepEqual(shown(Number.NaN, Number.NaN), []);
});

test('each leaf that differs is told by its pointer, in the order of the documents', () => {
  assert.deepEqual(shown({ a: 1, b: { c: 'x', d: true } }, { b: { d: false, c: 'y' }, a: 2, e: 3 }), [
    '/a: 1 → 2',
    '/b/c: "x" → "y"',
    '/b/d: true → false',
    '/e: – → 3',
  ]);
  assert.deepEqual(shown(1, 2), [': 1 → 2']);
});

test('a name is written in a pointer as RFC 6901 has it', () => {
  assert.deepEqual(shown({ 'a/b~c/~': 1 }, {}), ['/a~1b~0c~1~0: 1 → –']);
});

test('lists are compared by place: a moved entry is two changes', () => {
  assert.deepEqual(shown({ a: ['x', 'y'] }, { a: ['y', 'x', 'z'] }), [
    '/a/0: "x" → "y"',
    '/a/1: "y" → "x"',
    '/a/2: – → "z"',
  ]);
});

test('what came or went as a whole is told leaf by leaf; what has no leaves is a leaf', () => {
  const [tree, list] = [{ b: 1, c: { d: 2 } }, ['x', { y: 1 }]];
  assert.deepEqual(shown({ a: tree }, {}), ['/a/b: 1 → –', '/a/c/d: 2 → –']);
  assert.deepEqual(shown(null, tree), ['/b: – → 1', '/c/d: – → 2']);
  assert.deepEqual(shown({}, { a: list }), ['/a/0: – → "x"', '/a/1/y: – → 1']);
  assert.deepEqual(shown({ a: list }, { a: null }), ['/a/0: "x" → –', '/a/1/y: 1 → –']);
  assert.deepEqual([shown({ a: {} }, {}), shown({}, { a: [] })], [['/a: {} → –'], ['/a: – → []']]);
  assert.deepEqual(shown({ a: null }, {}), ['/a: null → –']);
});

test('what became another kind of thing is one change', () => {
  assert.deepEqual(shown({ a: { b: 1 } }, { a: ['x'] }), ['/a: {"b":1} → ["x"]']);
  assert.deepEqual(shown({ a: ['x'] }, { a: { b: 1 } }), ['/a: ["x"] → {"b":1}']);
  assert.deepEqual(shown({ a: { b: 1 } }, { a: 'x' }), ['/a: {"b":1} → "x"']);
  assert.deepEqual(shown({ a: 7 }, { a: { b: 1 } }), ['/a: 7 → {"b":1}']);
});

test('a field that is named as what every object has is a field like any other', () => {
  assert.deepEqual(shown({}, { constructor: 1 }), ['/constructor: – → 1']);
  assert.deepEqual(shown(JSON.parse('{"__proto__":1}'), {}), ['/__proto__: 1 → –']);
});
