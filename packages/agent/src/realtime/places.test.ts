// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { GateMount } from '@lazaret/contract';
import { placesOf, uncoveredEntries } from './places.ts';

const MOUNT: GateMount = { mountPoint: '/srv/\u00c3\u00a9', fileSystemType: 'ext4', device: '8:1' };

test('a mount is told as people read it, with the namespace and the reason where it has them', () => {
  const more = { ...MOUNT, namespace: '4026532177', why: 'network' };
  assert.deepEqual(placesOf([MOUNT, more], 0), [
    { mountPoint: '/srv/é', fileSystemType: 'ext4', device: '8:1', namespace: null, why: null },
    { mountPoint: '/srv/é', fileSystemType: 'ext4', device: '8:1', namespace: '4026532177', why: 'network' },
  ]);
});

test('those that a message has no room for are counted', () => {
  const told = placesOf([MOUNT], 7);
  assert.equal(told.length, 2);
  assert.deepEqual(told[1], {
    mountPoint: '…',
    fileSystemType: 'unknown',
    device: null,
    namespace: null,
    why: '7 more are not listed',
  });
});

test('an entry of the policy that leads nowhere, or to a network drive, is told with its reason', () => {
  const warnings = [
    { code: 'targets.missing', path: '/0', message: 'is not there' },
    { code: 'targets.not_covered', path: '/1', message: 'lies on a network drive' },
    { code: 'exceptions.expired', path: '/2', message: 'is over' },
  ] as unknown as Parameters<typeof uncoveredEntries>[0];
  const place = { fileSystemType: 'unknown', device: null, namespace: null };
  assert.deepEqual(
    uncoveredEntries(warnings, (pointer) => `entry ${pointer}`),
    [
      { ...place, mountPoint: 'entry /0', why: 'is not there' },
      { ...place, mountPoint: 'entry /1', why: 'lies on a network drive' },
    ],
  );
});
