// SPDX-License-Identifier: Apache-2.0
// Where in a policy's text what stands, and what is said of a text that is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '@lazaret/core';
import { parsePolicyText } from './policy-text.ts';

const placesOf = (text: string, ...pointers: readonly string[]): readonly string[] => {
  const { placeOf } = parsePolicyText(text, 'x');
  return pointers.map((pointer) => {
    const place = placeOf(pointer);
    return place === null ? 'none' : `${place.line}:${place.column}`;
  });
};

/** Place and words of the refusal of a text named `x`. */
function refusalOf(text: string): string {
  try {
    parsePolicyText(text, 'x');
    return 'taken';
  } catch (error) {
    assert.ok(error instanceof LazaretError);
    assert.deepEqual([error.code, error.where], ['policy.unreadable', 'x']);
    return error.message;
  }
}

test('a text is read as YAML, of which JSON is a part', () => {
  assert.deepEqual(parsePolicyText('a: [1, x]\nb:\n  c: yes\n', 'x').value, { a: [1, 'x'], b: { c: 'yes' } });
  assert.deepEqual(parsePolicyText('{"a": [1, "x"]}', 'x').value, { a: [1, 'x'] });
  assert.deepEqual(parsePolicyText('a: &one {b: 1}\nc: *one\n', 'x').value, { a: { b: 1 }, c: { b: 1 } });
});

test('a text that says nothing is refused: the defaults are not what nobody wrote', () => {
  for (const text of ['', '\n', '# nothing', 'null', '~', '---\n'])
    assert.equal(refusalOf(text), 'x: This file is empty. For a policy with only default values, write {}.', text);
  assert.deepEqual(parsePolicyText('{}', 'x').value, {});
});

test('of a text that is no YAML the first fault is told, in our words, with its place', () => {
  const words = 'This is not valid YAML or JSON:';
  assert.equal(refusalOf('a: 1\na: 2\nb: [\n'), `x:2:1: ${words} This field appears twice.`);
  assert.equal(refusalOf('\n  a: *one\n  b: *two\n'), `x:2:6: ${words} There is no anchor &one above this alias.`);
  assert.equal(
    refusalOf('a: *one\nb: &one 1\n'),
    `x:1:4: ${words} There is no anchor &one above this alias.`,
    'only below',
  );
});

test('what unfolds to too much is refused with what unfolds it', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++)
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}, *a0, *a0]`);
  const why = 'The aliases (*name) expand to too much data.';
  assert.equal(refusalOf(lines.join('\n')), `x:1:1: This is not valid YAML or JSON: ${why}`);
});

test('a field stands at its name, an entry of a list at its begin, the whole at the begin of the text', () => {
  const text = ['# a policy', 'a:', '  b:', '    - 1', '    - c: 2', 'd: {e: [], f}', ''].join('\n');
  assert.deepEqual(placesOf(text, '', '/a', '/a/b', '/a/b/0', '/a/b/1', '/a/b/1/c', '/d/e', '/d/f'), [
    '2:1',
    '2:1',
    '3:3',
    '4:7',
    '5:7',
    '5:7',
    '6:5',
    '6:12',
  ]);
});

test('what is missing lies where it should stand; what is no pointer is the whole', () => {
  const text = 'a:\n  b:\n    - 1\nc: 7\n';
  assert.deepEqual(placesOf(text, '/x', '/a/x/y', '/a/b/1', '/a/b/b', '/c/d', 'no pointer'), [
    '1:1',
    '1:1',
    '2:3',
    '2:3',
    '4:1',
    '1:1',
  ]);
});

test('a name for what comes from elsewhere leads there; a field whose name reads as a number, or as a truth, is found by its text', () => {
  const text = 'a: &one\n  b: 1\nc: *one\n2: x\ntrue: y\n';
  assert.deepEqual(parsePolicyText(text, 'x').value, { a: { b: 1 }, c: { b: 1 }, 2: 'x', true: 'y' });
  assert.deepEqual(placesOf(text, '/c', '/c/b', '/2', '/true', '/a/b/0'), ['3:1', '2:3', '4:1', '5:1', '2:3']);
});

test('a list or a map is the name of no field', () => {
  for (const key of ['{d: 1}', '[d]', '*one'])
    assert.match(refusalOf(`a: &one 1\n? ${key}\n: y\n`), /^x:2:3: .*: The name of a field must be text\.$/, key);
});
