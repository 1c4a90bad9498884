// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSizeFaults } from './size.ts';

const MIB = 1024 * 1024;

test('SY-1a: 512 MB and 1 GB are enough as such machines tell of themselves; less is refused with the number found', () => {
  const codes = (memory: number, disk: number): string[] =>
    findSizeFaults({ memoryBytes: memory * MIB, diskBytes: disk * MIB }).map(({ code }) => code);
  assert.deepEqual(codes(460, 960), []);
  assert.deepEqual(codes(512, 1024), []);
  assert.deepEqual(codes(430, 1024), ['system.memory_too_small']);
  assert.deepEqual(codes(256, 500), ['system.memory_too_small', 'system.disk_too_small']);
  assert.deepEqual(findSizeFaults({ memoryBytes: 512 * MIB * 0.85, diskBytes: 1024 * MIB * 0.9 }), [], 'just enough');
  assert.deepEqual(
    findSizeFaults({ memoryBytes: 256 * MIB, diskBytes: 500.5 * MIB }).map(
      ({ severity, message }) => `${severity}: ${message}`,
    ),
    [
      'error: This machine has 256 MB of memory. Lazaret needs 512 MB.',
      'error: The disk of the state folder has 500 MB. Lazaret needs 1 GB.',
    ],
  );
  const [fault] = findSizeFaults({ memoryBytes: 256 * MIB, diskBytes: 10_000 * MIB });
  assert.match(fault?.message ?? '', /256 MB/);
});
