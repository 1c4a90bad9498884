// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { runControl } from './run-control.ts';
import { shareDone, timeLeftMs } from './estimate.ts';

test('a paused run waits, goes on when it is resumed, and a cancelled one waits no more', async () => {
  const control = runControl();
  await control.untilRunning();
  control.pause();
  control.pause();
  assert.ok(control.paused);
  let going = false;
  const waiting = control.untilRunning().then(() => {
    going = true;
  });
  await Promise.resolve();
  assert.equal(going, false);
  control.resume();
  await waiting;
  assert.ok(!control.paused && going);
  control.pause();
  const cancelled = control.untilRunning();
  control.cancel('incomplete');
  await cancelled;
  assert.ok(control.signal.aborted && !control.paused);
});

test('the first reason to end counts, and what has ended is not paused', () => {
  const control = runControl();
  control.cancel('incomplete');
  control.cancel('cancelled');
  assert.equal(control.cancelled, 'incomplete');
  control.pause();
  assert.equal(control.paused, false);
});

test('a share is never 100 before the end, none where there is nothing to tell from, and time left follows from it', () => {
  assert.equal(shareDone({ files: 1, bytes: 1 }, null), null);
  assert.equal(shareDone({ files: 0, bytes: 0 }, { files: 0, bytes: 0 }), null);
  assert.equal(shareDone({ files: 0, bytes: 0 }, { files: 2, bytes: 100 }), 0);
  assert.equal(shareDone({ files: 1, bytes: 50 }, { files: 2, bytes: 100 }), 50);
  assert.equal(shareDone({ files: 5, bytes: 900 }, { files: 2, bytes: 100 }), 99);
  assert.equal(shareDone({ files: 1, bytes: 0 }, { files: 2, bytes: 0 }), 75, 'empty files alone');
  assert.equal(timeLeftMs(null, 1_000), null);
  assert.equal(timeLeftMs(0, 1_000), null);
  assert.equal(timeLeftMs(25, 1_000), 3_000);
});
