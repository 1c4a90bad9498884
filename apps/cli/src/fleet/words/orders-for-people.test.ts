// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINK_STATES } from '@lazaret/contract';
import { whenDone } from './orders-for-people.ts';

const vm = (state: (typeof LINK_STATES)[number], name = 'web-1') => ({ name, link: { state, lastSeenAt: null } });

test('an order to a VM that is online is told as on its way, to one that is retired as not carried out, and to any other as queued', () => {
  assert.equal(
    whenDone(vm('offline')),
    'queued: web-1 is offline and carries out the order at its next check-in, if that is within 24 hours',
  );
  assert.equal(whenDone(vm('online')), 'ordered: web-1 is online and gets the order now');
  for (const state of LINK_STATES.filter((one) => one !== 'online' && one !== 'retired'))
    assert.match(whenDone(vm(state)), /^queued: web-1/);
  assert.match(whenDone(vm('retired')), /^not carried out: web-1/);
});

test('where the token may not read VMs, nothing is said that is not known', () => {
  assert.match(whenDone(undefined), /^queued: the VM carries out the order at its next check-in/);
});

test('a name cannot play with the terminal', () => {
  assert.ok(!whenDone(vm('offline', 'web\u001b[2J')).includes('\u001b'));
});
