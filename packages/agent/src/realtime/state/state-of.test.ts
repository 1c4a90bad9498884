// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Hello } from '@lazaret/host/ports';
import { stateOf, type StateFacts } from './state-of.ts';

const HELLO: Hello = {
  type: 'hello',
  protocol: 1,
  pid: 7,
  mode: 'permission',
  reason: null,
  kernel: { preAccess: true, closeWrite: true },
};
const ON: StateFacts = {
  supervised: true,
  wish: 'on',
  otherListener: null,
  hello: HELLO,
  stands: true,
  lostForMs: null,
};

test('the state, by what is known; it is on only where the gate says that marks stand', () => {
  const rows: readonly (readonly [Partial<StateFacts>, string])[] = [
    [{}, 'on'],
    [{ wish: 'off' }, 'off'],
    [{ wish: 'off-by-schedule', supervised: false }, 'off-by-schedule'],
    [{ supervised: false }, 'degraded'],
    [{ otherListener: 'x' }, 'refused'],
    [{ hello: { ...HELLO, mode: 'notification' } }, 'degraded'],
    [{ hello: { ...HELLO, mode: 'none' } }, 'degraded'],
    [{ stands: false }, 'starting'],
    [{ hello: null, stands: false }, 'starting'],
    // The supervisor holds opens while one gate follows the other.
    [{ hello: null, lostForMs: 4_999 }, 'on'],
    [{ hello: null, lostForMs: 5_000 }, 'degraded'],
    [{ hello: null, stands: false, lostForMs: 1 }, 'degraded'],
  ];
  for (const [facts, state] of rows) {
    const stand = stateOf({ ...ON, ...facts });
    assert.equal(stand.state, state, JSON.stringify(facts));
    // Whatever is not on says why, as a sentence and as a word.
    assert.deepEqual([stand.why === null, stand.reason === null], [state === 'on', state === 'on']);
  }
});

test('why it is not on: a word, a sentence, and what the system adds', () => {
  const why = (facts: Partial<StateFacts>) => {
    const { why: word, reason, detail } = stateOf({ ...ON, ...facts });
    return [word, reason, detail];
  };
  const told = (mode: Hello['mode'], reason: string | null) => why({ hello: { ...HELLO, mode, reason } });
  assert.deepEqual(stateOf(ON), { state: 'on', reason: null, why: null, detail: null });
  assert.deepEqual(why({ wish: 'off' }), ['policy', 'switched off by the policy', null]);
  assert.deepEqual(why({ wish: 'off-by-schedule' }), ['schedule', 'outside the weekly schedule', null]);
  assert.deepEqual(why({ supervised: false }), [
    'no-supervisor',
    'the agent was not started by lazaret-supervisor',
    null,
  ]);
  assert.deepEqual(why({ otherListener: 'falcond' }), [
    'other-product',
    'falcond already intercepts opens of files on this VM',
    'falcond',
  ]);
  assert.deepEqual(why({ stands: false }), ['setting-marks', 'the gate is setting its marks in the kernel', null]);
  assert.deepEqual(why({ hello: null, lostForMs: null }), ['waiting-for-gate', 'waiting for the gate', null]);
  assert.deepEqual(why({ hello: null, lostForMs: 60_000 }), [
    'gate-down',
    'the gate does not start, so opens are answered by the deadline rule',
    null,
  ]);
  assert.deepEqual(told('notification', 'no CONFIG_X'), [
    'notify-only',
    'files are scanned after they are written, and opens do not wait for a verdict: no CONFIG_X',
    'no CONFIG_X',
  ]);
  assert.deepEqual(told('notification', null), [
    'notify-only',
    'files are scanned after they are written, and opens do not wait for a verdict: the kernel does not provide permission events here',
    null,
  ]);
  assert.deepEqual(told('none', null), [
    'nothing-scanned',
    'nothing is scanned in real time: the kernel does not provide permission events here',
    null,
  ]);
});
