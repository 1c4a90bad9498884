// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { eventEnvelopeSchema } from '@lazaret/contract';
import { manualClock } from '@lazaret/testkit';
import { envelopeStamp } from './envelope.ts';

test('an event says who tells it, when by two clocks, in which boot, and under which policy and patterns', async () => {
  const clock = manualClock(Date.parse('2026-11-30T10:00:00.250Z'));
  let policy: string | null = null;
  const stamp = envelopeStamp({
    clock,
    epoch: () => '019ac000-0000-7000-8000-000000000001',
    policyHash: () => policy,
    patternRelease: () => 'starter-3f2a90b1c4d5',
  });
  const { id, ...first } = stamp();
  assert.deepEqual(first, {
    schema: 'lazaret.event/1',
    epoch: '019ac000-0000-7000-8000-000000000001',
    time: '2026-11-30T10:00:00.250Z',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    monotonicMs: Math.round(clock.monotonicMs()),
    policyHash: null,
    patternRelease: 'starter-3f2a90b1c4d5',
    decidedBy: null,
  });
  await clock.advance(1_500.6);
  policy = 'ab'.repeat(32);
  const second = stamp();
  assert.equal(second['policyHash'], policy);
  assert.equal(second['monotonicMs'], Math.round(clock.monotonicMs()));
  assert.notEqual(second['id'], id);
  assert.ok(String(second['id']) > String(id), 'ids go with the time');
  eventEnvelopeSchema.parse({ ...second, sequence: 1, type: 'run.started' });
});
