// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffDocuments } from './diff.ts';

const [ADDED, REMOVED, CHANGED] = ['added', 'removed', 'changed'] as const;

test('what changed is told by its place, by name and in order; what did not is not', () => {
  const before = { b: { on: true, list: [1, 2] }, a: 1, gone: { x: 1 }, same: { deep: [{ y: null }] } };
  const after = { new: 'n', b: { on: false, list: [1, 2] }, a: '1', same: { deep: [{ y: null }] } };
  assert.deepEqual(diffDocuments(before, after), [
    { kind: CHANGED, path: '/a', before: 1, after: '1' },
    { kind: CHANGED, path: '/b/on', before: true, after: false },
    { kind: REMOVED, path: '/gone', before: { x: 1 }, after: null },
    { kind: ADDED, path: '/new', before: null, after: 'n' },
  ]);
  assert.deepEqual(diffDocuments(before, before), []);
  assert.deepEqual(diffDocuments({ a: 1, b: 2 }, { b: 2, a: 1 }), [], 'order of members means nothing');
});

test('a name that every object has is a name of the document only where it stands there', () => {
  assert.deepEqual(diffDocuments({}, { toString: 1 }), [{ kind: ADDED, path: '/toString', before: null, after: 1 }]);
  assert.deepEqual(diffDocuments({ toString: 1 }, {}), [{ kind: REMOVED, path: '/toString', before: 1, after: null }]);
});

test('elements of a list are told apart by what they are, not by where they stand', () => {
  const [one, two, three] = [{ path: '/1' }, { path: '/2' }, { path: '/3' }];
  assert.deepEqual(diffDocuments([two, three], [one, two, three]), [
    { kind: ADDED, path: '/0', before: null, after: one },
  ]);
  assert.deepEqual(diffDocuments([one, two, three], [one, three]), [
    { kind: REMOVED, path: '/1', before: two, after: null },
  ]);
  assert.deepEqual(diffDocuments([one, two], [two, one]), [], 'in another order they are the same');
  assert.deepEqual(diffDocuments([one, one], [one]), [{ kind: REMOVED, path: '/1', before: one, after: null }]);
  assert.deepEqual(diffDocuments([one], [one, one, one]), [
    { kind: ADDED, path: '/1', before: null, after: one },
    { kind: ADDED, path: '/2', before: null, after: one },
  ]);
  assert.deepEqual(diffDocuments({ a: [one] }, { a: [two] }), [
    { kind: REMOVED, path: '/a/0', before: one, after: null },
    { kind: ADDED, path: '/a/0', before: null, after: two },
  ]);
});

test('what becomes something of another kind has changed as a whole', () => {
  for (const [before, after] of [
    [[1], { 0: 1 }],
    [{ 0: 1 }, [1]],
    [null, {}],
    [{}, null],
    [{}, 'x'],
    ['x', {}],
    [[], null],
    [null, []],
  ] as const)
    assert.deepEqual(diffDocuments({ a: before }, { a: after }), [{ kind: CHANGED, path: '/a', before, after }]);
});
