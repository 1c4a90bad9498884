// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { readSizeFacts, requireSize } from './size.ts';

const MIB = 1024 * 1024;
const LARGE = { memoryBytes: 2_000 * MIB, diskBytes: 50_000 * MIB };

test('SY-1a: a machine that is too small is not activated, unless it is forced', () => {
  const small = { ...LARGE, memoryBytes: 300 * MIB };
  assert.throws(() => requireSize(small, false), { code: 'system.memory_too_small', message: /300/ });
  requireSize(small, true);
  requireSize(LARGE, false);
});

test('a machine is measured by its memory, and by the disk on which its state will lie', (t) => {
  const place = temporaryDirectory(t);
  const { blocks, bsize } = statfsSync(place);
  const facts = { memoryBytes: totalmem(), diskBytes: blocks * bsize };
  assert.deepEqual(readSizeFacts(place), facts);
  assert.deepEqual(readSizeFacts(join(place, 'not/there yet')), facts);
});

test('a place of which nothing is there yet is on the disk of the root, or of the working directory', () => {
  const diskOf = (path: string): number => statfsSync(path).blocks * statfsSync(path).bsize;
  assert.equal(readSizeFacts('/nothing of this/is there').diskBytes, diskOf('/'));
  assert.equal(readSizeFacts('nothing of this/is there').diskBytes, diskOf('.'));
});
