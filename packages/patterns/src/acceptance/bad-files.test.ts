// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { LazaretError } from '@lazaret/core';
import { badFilesOf } from './bad-files.ts';

test('files that the engine names are read from its words: a name that begins as another does, none outside the directory, none of another fault', () => {
  const listed = ['a.yar', 'a.yar.ndb', 'b.hdb', 'c.txt'];
  const bad = (code: 'patterns.yara_invalid' | 'patterns.self_test_failed', message: string) =>
    badFilesOf(new LazaretError(code, message), listed);
  const lines = [
    'a.yar:1: x',
    'a.yar:2: y',
    'a.yar.ndb, line 3: z',
    'b.hdb: w',
    'c.txt:1: v',
    '../d.yar:1: u',
    'no file',
  ];
  assert.deepEqual(bad('patterns.yara_invalid', lines.join('\n')), [
    { name: 'a.yar', reason: 'a.yar:1: x' },
    { name: 'a.yar.ndb', reason: 'a.yar.ndb, line 3: z' },
    { name: 'b.hdb', reason: 'b.hdb: w' },
  ]);
  assert.deepEqual(bad('patterns.self_test_failed', 'a.yar:1: x'), []);
});

test('what the engine says of a file is told up to 1,000 characters; a fault without a code is none of a file', () => {
  const listed = ['a.yar', 'a.yara', '-b.yar'];
  const long = `a.yar: ${'x'.repeat(2_000)}`;
  const bad = (message: string) => badFilesOf(new LazaretError('patterns.load_failed', message), listed);
  assert.deepEqual(bad(long), [{ name: 'a.yar', reason: long.slice(0, 1_000) }]);
  assert.deepEqual(bad('a.yara: y'), [{ name: 'a.yara', reason: 'a.yara: y' }]);
  assert.deepEqual(bad('-b.yar: y\n a.yar: x\na.yar; x'), [], 'a name that cannot travel, and none at the begin');
  assert.deepEqual(badFilesOf(new Error('a.yar: x'), listed), []);
  assert.deepEqual(badFilesOf(null, listed), []);
});
