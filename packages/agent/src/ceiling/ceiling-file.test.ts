// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { defaultCeiling } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { readCeiling, writeCeiling } from './ceiling-file.ts';

test('a ceiling can be set before the agent was ever started: the folder of the state is made, for its owner alone', (t) => {
  const path = join(temporaryDirectory(t), 'state', 'ceiling.json');
  assert.deepEqual(readCeiling(path), defaultCeiling);
  writeCeiling(path, { ...defaultCeiling, grade: 'strict' });
  assert.equal(readCeiling(path).grade, 'strict');
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
});
