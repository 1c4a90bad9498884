// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECK_IN_QUOTA, EVENT_QUOTA, eventQuota, LIST_QUOTA, START_QUOTA } from './quota.ts';

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

test('bytes are taken like events, and a refusal takes nothing and says that the rest can wait', () => {
  const quota = eventQuota(() => 0, { eventsMax: 100, eventsPerSecond: 10, bytesMax: 1_000, bytesPerSecond: 100 });
  quota.take('a', 1, 600);
  assert.throws(() => quota.take('a', 1, 401), {
    code: 'link.quota',
    message: 'This VM has sent more events than one VM is allowed to. It can send the rest later.',
  });
  quota.take('a', 99, 400);
});

test('VMs that were quiet the longest are forgotten first, where there are more than twenty thousand', () => {
  const quota = eventQuota(() => 0, { eventsMax: 10, eventsPerSecond: 1, bytesMax: 10, bytesPerSecond: 1 });
  assert.ok(!quota.knows('a'));
  for (const vm of ['a', 'b', 'a']) quota.take(vm, 1, 1);
  for (let other = 0; other < 19_998; other++) quota.take(`${other}`, 1, 1);
  assert.ok(quota.knows('a') && quota.knows('b'), 'there is room for as many');
  quota.take('one more', 1, 1);
  assert.ok(quota.knows('a') && !quota.knows('b'));
  assert.throws(() => quota.take('a', 9, 1), { code: 'link.quota' });
});

test('what one VM may bring at once and in a minute', () => {
  const told = [EVENT_QUOTA, LIST_QUOTA, CHECK_IN_QUOTA, START_QUOTA].map((quota) => [
    quota.eventsMax,
    quota.eventsPerSecond * 60,
    quota.bytesMax / 2 ** 20,
    (quota.bytesPerSecond * 60) / 2 ** 20,
  ]);
  assert.deepEqual(told, [
    [250_000, 1_200, 128, 1.875],
    [200_000, 6_000, 256, 3.75],
    [600, 120, 64, 15],
    [120, 30, 0, 0],
  ]);
});
