// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventQuota } from './quota.ts';

test('a VM brings at once what a full spool holds, then by and by; another one is not held up by it', () => {
  let nowMs = 1_000_000;
  const quota = eventQuota(() => nowMs, { eventsMax: 100, eventsPerSecond: 10, bytesMax: 1_000, bytesPerSecond: 100 });
  for (let at = 0; at < 10; at++) quota.take('a', 10, 10);
  assert.throws(() => quota.take('a', 1, 1), { code: 'link.quota' });
  quota.take('b', 100, 1_000);
  nowMs += 1_000;
  quota.take('a', 10, 100);
  assert.throws(() => quota.take('a', 1, 1), { code: 'link.quota' });
  nowMs += 60_000;
  assert.throws(() => quota.take('a', 1, 1_001), { code: 'link.quota' }, 'bytes count, too');
  quota.take('a', 100, 1_000);
  nowMs -= 3_600_000;
  assert.throws(() => quota.take('a', 1, 1), { code: 'link.quota' }, 'a clock that is set back gives nothing');
});
