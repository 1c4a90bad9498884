// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { apiOf } from './api.ts';

test('a port that no web client asks is told as that, and not as a manager that does not answer', async () => {
  await assert.rejects(apiOf('http://127.0.0.1:1', {}).ask('GET', '/', z.null()), {
    code: 'fleet.unreachable',
    message:
      'The manager at http://127.0.0.1:1 was not asked, because HTTP clients block this port. Check the address.',
  });
});
