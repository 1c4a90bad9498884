// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findActionFaults } from './action-check.ts';

const chosen = (primary: 'deny' | 'delete' | 'clean' | 'pass' | 'quarantine') => ({ kind: 'custom', primary }) as const;

test('Deny access is refused where no access is seen, and says what there is instead', () => {
  for (const kind of ['scheduled', 'manual'] as const)
    assert.deepEqual(findActionFaults(chosen('deny'), kind), [
      {
        code: 'action.deny_needs_realtime',
        path: '/primary',
        message: `Deny access needs real-time scan; a ${kind} scan can delete, clean, pass or quarantine.`,
      },
    ]);
  assert.deepEqual(findActionFaults(chosen('deny'), 'realtime'), []);
});

test('any other action can be set for every kind of scan', () => {
  for (const kind of ['realtime', 'scheduled', 'manual'] as const) {
    for (const primary of ['delete', 'clean', 'pass', 'quarantine'] as const)
      assert.deepEqual(findActionFaults(chosen(primary), kind), []);
    assert.deepEqual(findActionFaults({ kind: 'recommended' }, kind), []);
  }
});
