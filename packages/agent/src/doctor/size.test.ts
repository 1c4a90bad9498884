// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSizeFacts, requireSize } from './size.ts';

const MIB = 1024 * 1024;

test('SY-1a: a machine that is too small is not activated, unless it is forced', () => {
  const small = { memoryBytes: 300 * MIB, diskBytes: 5_000 * MIB };
  assert.throws(() => requireSize(small, false), { code: 'system.memory_too_small' });
  requireSize(small, true);
  const { memoryBytes, diskBytes } = readSizeFacts('/var/opt/not there yet/state');
  assert.ok(memoryBytes > 100 * MIB && diskBytes > 100 * MIB, 'this machine is read');
});
