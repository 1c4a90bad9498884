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
      // One emoji of two code points, a letter with an accent of its own, and a narrow kana.
      ['👍🏽', 'e\u0301', 'held'],
      ['ｶﾞ', '/c', 'held'],
    ],
  );
  assert.deepEqual(lines, [
    'VM      FILE               STATE',
    'web-03  /srv/a             held',
    String.raw`日本    /b\u001b[2J\u202e  held`,
    `👍🏽      e\u0301                  held`,
    'ｶﾞ      /c                 held',
  ]);
});
