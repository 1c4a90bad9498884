// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideRetry, GIVE_UP_AFTER_MS } from './retry.ts';
import { decideNotify, decideWindowEnd, SUMMARY_AFTER_MS, type NotifyWindow } from './windows.ts';

const T0 = Date.parse('2027-01-01T00:00:00Z');
const MINUTE = 60_000;

test('AC-11c: the first at once, what comes in its hour is counted, the hour ends with one summary, silence closes it', () => {
  const first = decideNotify(null, T0);
  assert.equal(first.kind, 'tell');
  const second = decideNotify(first.window, T0 + MINUTE);
  const third = decideNotify(second.window, T0 + 59 * MINUTE);
  assert.deepEqual([second.kind, third.kind], ['count', 'count']);
  assert.deepEqual(decideWindowEnd(third.window, T0 + 59 * MINUTE), { kind: 'wait', untilMs: T0 + SUMMARY_AFTER_MS });
  const end = decideWindowEnd(third.window, T0 + 60 * MINUTE);
  assert.ok(end.kind === 'summary' && end.repeats === 2);
  assert.equal(decideNotify(end.window, T0 + 61 * MINUTE).kind, 'count', 'the next hour has begun with the summary');
  assert.equal(decideWindowEnd(end.window, T0 + 120 * MINUTE).kind, 'close');
  assert.equal(decideNotify(null, T0 + 121 * MINUTE).kind, 'tell');
  assert.equal(decideNotify(first.window, T0 + 60 * MINUTE).kind, 'tell', 'its hour is over, and nobody has closed it');
});

test('AC-11c: property: every detection is told once – by itself or in exactly one summary – and two messages are an hour apart', () => {
  const steps = fc.array(fc.record({ pauseMs: fc.nat(2 * SUMMARY_AFTER_MS), sweep: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      let now = T0;
      let window: NotifyWindow | null = null;
      let detections = 0;
      let told = 0;
      const messages: number[] = [];
      const sweep = (): void => {
        const end = window === null ? null : decideWindowEnd(window, now);
        if (end?.kind === 'close') window = null;
        if (end?.kind !== 'summary') return;
        told += end.repeats;
        messages.push(now);
        window = end.window;
      };
      for (const { pauseMs, sweep: sweeps } of list) {
        now += pauseMs;
        if (sweeps) sweep();
        detections += 1;
        const decision = decideNotify(window, now);
        window = decision.window;
        if (decision.kind === 'tell') {
          told += 1;
          messages.push(now);
        }
      }
      now += SUMMARY_AFTER_MS;
      sweep();
      assert.equal(told, detections);
      messages.forEach((at, index) => assert.ok(index === 0 || at - (messages[index - 1] ?? 0) >= SUMMARY_AFTER_MS));
    }),
  );
});

test('a clock that was put back far keeps no window open for ever', () => {
  const open: NotifyWindow = { openedMs: T0 + 1000 * SUMMARY_AFTER_MS, repeats: 3, lastRepeatMs: null };
  assert.equal(decideWindowEnd(open, T0).kind, 'summary');
  assert.equal(decideWindowEnd(open, T0 + 999 * SUMMARY_AFTER_MS - 1).kind, 'summary');
  assert.equal(
    decideWindowEnd(open, T0 + 999 * SUMMARY_AFTER_MS).kind,
    'wait',
    'by an hour at most it may be put back',
  );
});

test('retries come sooner first, at most a quarter of an hour (with spread) apart, and end after three days', () => {
  const pauses = [1, 2, 3, 10, 1_000].map((attempts) => {
    const retry = decideRetry({ attempts, createdMs: T0, nowMs: T0 }, 0.5);
    return retry.kind === 'again' ? retry.atMs - T0 : null;
  });
  assert.deepEqual(pauses, [10_000, 20_000, 40_000, 900_000, 900_000]);
  const spread = [0, 0.999].map((random) => decideRetry({ attempts: 1, createdMs: T0, nowMs: T0 }, random));
  assert.deepEqual(spread, [
    { kind: 'again', atMs: T0 + 7_500 },
    { kind: 'again', atMs: T0 + 12_495 },
  ]);
  assert.equal(GIVE_UP_AFTER_MS, 259_200_000);
  assert.equal(decideRetry({ attempts: 5, createdMs: T0, nowMs: T0 + GIVE_UP_AFTER_MS }, 0).kind, 'give-up');
});
