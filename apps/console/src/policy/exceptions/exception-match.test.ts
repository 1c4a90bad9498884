// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExceptionMatch } from '@lazaret/core';
import { MATCH_KINDS, matchOf, NARROWINGS, readMatch } from './exception-match.ts';

const strange = (match: object): ExceptionMatch => match as unknown as ExceptionMatch;

test('a condition is made of its kind and its value; a program alone can be narrowed, by what is filled in', () => {
  for (const kind of MATCH_KINDS) assert.deepEqual(matchOf(kind, '/a'), { [kind]: '/a' });
  const narrowing = { user: 'db', unit: '', programSha256: 'ab' };
  assert.deepEqual(matchOf('process', '/a', narrowing), { process: '/a', user: 'db', programSha256: 'ab' });
  assert.deepEqual(matchOf('directory', '/a', { user: 'db' }), { directory: '/a' });
});

test('a condition is read as it was made', () => {
  for (const kind of MATCH_KINDS)
    assert.deepEqual(readMatch(matchOf(kind, '/a')), { kind, value: '/a', narrowing: {} });
  const narrowing = Object.fromEntries(NARROWINGS.map((field) => [field, field]));
  assert.deepEqual(readMatch(matchOf('process', '/a', narrowing)), { kind: 'process', value: '/a', narrowing });
  assert.deepEqual(readMatch(strange({ user: 'db', process: '/a' })), {
    kind: 'process',
    value: '/a',
    narrowing: { user: 'db' },
  });
});

test('a condition that this console does not know is none: it must not be lost by an edit', () => {
  for (const match of [
    { process: '/usr/bin/sort', weekday: 'monday' },
    { file: '/a', user: 'db' },
    { file: '/a', directory: '/b' },
    { user: 'db' },
    { file: 7 },
    { process: '/a', user: null },
    { '': '/a' },
    {},
  ])
    assert.equal(readMatch(strange(match)), null, JSON.stringify(match));
});
