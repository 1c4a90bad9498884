// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearest } from './nearest.ts';

test('a misspelt word leads to the known one: a letter left out, put in, changed or swapped, another case or hyphen', () => {
  const known = ['directories', 'files', 'action', 'exceptions', 'limits', 'deadlineMs', 'onDeadline', 'load'];
  const meant = {
    direktories: 'directories',
    directorys: 'directories',
    file: 'files',
    acton: 'action',
    actoin: 'action',
    'dead-line-ms': 'deadlineMs',
    ON_DEADLINE: 'onDeadline',
    laod: 'load',
  };
  for (const [word, name] of Object.entries(meant)) assert.equal(findNearest(word, known), name, word);
});

test('a word that is near to none leads to none, however long it is', () => {
  for (const word of ['colour', 'xyz', '', 'a'.repeat(1_000_000)])
    assert.equal(findNearest(word, ['load', 'files']), null, word);
});

test('in a short word one slip is near and two are not; letters that changed places are one slip', () => {
  for (const [word, known] of [
    ['fro', 'for'],
    ['b', 'ab'],
    ['ab', 'b'],
    ['abx', 'abc'],
  ] as const)
    assert.equal(findNearest(word, [known]), known, word);
  for (const [word, known] of [
    ['xyc', 'abc'],
    ['xac', 'abc'],
    ['bxc', 'abc'],
    ['axy', 'a'],
  ] as const)
    assert.equal(findNearest(word, [known]), null, word);
});

test('the nearest is named, and of two that are equally near the first', () => {
  assert.equal(findNearest('fro', ['for', 'fro']), 'fro');
  assert.equal(findNearest('lo', ['loa', 'lob']), 'loa');
  assert.equal(findNearest('a'.repeat(64), ['a'.repeat(64)]), 'a'.repeat(64));
  assert.equal(findNearest('a'.repeat(65), ['a'.repeat(65)]), null);
});
