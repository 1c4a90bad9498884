// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireId } from './ids.ts';

test('what is no id is refused with the command that shows the ids, before the manager is asked', () => {
  assert.throws(() => requireId('nope', 'fleet scan list'), {
    code: 'cli.usage',
    message: '"nope" is not an id. `lazaret fleet scan list` shows the ids.',
  });
  assert.equal(requireId('01939D00-0000-7000-8000-000000000001', 'x'), '01939d00-0000-7000-8000-000000000001');
});
