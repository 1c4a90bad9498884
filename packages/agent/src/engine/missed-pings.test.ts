// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedPings, PINGS_MISSED_MAX } from './missed-pings.ts';

test('who answers is pinged at each beat', () => {
  const pings = missedPings();
  for (let beat = 0; beat < 10; beat++) {
    assert.equal(pings.beat(), 'ping');
    pings.answered();
  }
});

test('who does not answer is waited for while three more pings are due, and hangs at the fourth', () => {
  const pings = missedPings();
  const beats = Array.from({ length: PINGS_MISSED_MAX + 2 }, () => pings.beat());
  assert.deepEqual(beats, ['ping', 'wait', 'wait', 'wait', 'hung', 'hung']);
});

test('a late answer is one: what was missed before it is forgotten', () => {
  const pings = missedPings();
  for (let round = 0; round < 3; round++) {
    const beats = Array.from({ length: PINGS_MISSED_MAX }, () => pings.beat());
    assert.deepEqual(beats, ['ping', 'wait', 'wait', 'wait']);
    pings.answered();
  }
});
