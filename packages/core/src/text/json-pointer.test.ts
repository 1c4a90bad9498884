// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPointer, parsePointer, valueAt } from './json-pointer.ts';

test('a pointer is its steps, and they come back, whatever they hold', () => {
  for (const [steps, pointer] of [
    [[], ''],
    [[''], '/'],
    [['a', 0, 'b'], '/a/0/b'],
    [['a/b', 'c~d', '~1', '~0'], '/a~1b/c~0d/~01/~00'],
    [['//', '~~'], '/~1~1/~0~0'],
  ] as const) {
    assert.equal(formatPointer(steps), pointer);
    assert.deepEqual(parsePointer(pointer), steps.map(String));
  }
  for (const text of ['a', 'a/b', '/~', '/~2', '/a~/b', ' /a']) assert.equal(parsePointer(text), null, text);
});

test('a value is found by its own names alone', () => {
  const root = { a: [{ 'b/c': 1 }], null: null, '': { '': 2 }, text: 'x', undefined };
  assert.equal(valueAt(root, ''), root);
  assert.equal(valueAt(root, '/a/0/b~1c'), 1);
  assert.equal(valueAt(root, '//'), 2);
  assert.equal(valueAt(root, '/null'), null);
  for (const pointer of [
    '/b',
    '/a/1',
    '/null/x',
    '/text/0',
    '/text/length',
    '/__proto__',
    '/a/length/x',
    'a',
    '/constructor',
    '/undefined',
  ])
    assert.equal(valueAt(root, pointer), undefined, pointer);
  assert.equal(valueAt({ '\0': 1 }, 'no pointer'), undefined);
});
