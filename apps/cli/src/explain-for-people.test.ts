// SPDX-License-Identifier: Apache-2.0
// What `lazaret explain` tells a person.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { formatExplained } from './explain-for-people.ts';

const told = (why: 'not-listed' | 'exception') =>
  formatExplained({
    path: '/srv/a',
    exists: true,
    link: false,
    policyHash: '',
    kinds: [
      { kind: 'realtime', scanned: 'if-type', why: 'content', decidedBy: '/realtime/files' },
      { kind: 'manual', scanned: 'no', why, decidedBy: '/manual/directories' },
    ],
  });

test('a path outside the directories of manual scan is scanned where it is named, and explain says so', () => {
  assert.deepEqual(told('not-listed'), [
    '/srv/a',
    '  realtime: scanned if its content is of a type that IntelliScan lists – its content decides (/realtime/files)',
    '  manual: not scanned – the policy does not list it (/manual/directories)',
    '    This applies to `lazaret scan --all`. `lazaret scan PATH` scans the given path even if its directory is not in scope.',
  ]);
});

test('an exception holds for a path that is named too: nothing else is said', () => {
  assert.deepEqual(told('exception').slice(2), [
    '  manual: not scanned – an exception excludes it (/manual/directories)',
  ]);
});
