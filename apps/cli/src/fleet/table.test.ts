// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { formatTable } from './table.ts';

test('columns line up, also with wide letters, and a name cannot play with the terminal', () => {
  const lines = formatTable(
    ['VM', 'FILE', 'STATE'],
    [
      ['web-03', '/srv/a', 'held'],
      ['日本', '/b\u001b[2J\u202e', 'held'],
    ],
  );
  assert.deepEqual(lines, [
    'VM      FILE               STATE',
    'web-03  /srv/a             held',
    String.raw`日本    /b\u001b[2J\u202e  held`,
  ]);
});
