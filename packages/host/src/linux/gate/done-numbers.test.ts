// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { GATE_DONE_MAX, type GateOrder } from '@lazaret/contract';
import { doneNumbers } from './done-numbers.ts';

interface Sent {
  readonly order: GateOrder;
  readonly end: (isTaken: boolean) => void;
}

/** A gate that takes each packet when the test says so. */
function slowGate() {
  const sent: Sent[] = [];
  const send = (order: GateOrder): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    sent.push({ order, end: resolve });
    return promise;
  };
  return { sent, send };
}

test('a flush ends when all that was added is sent, also what an earlier one has under way; packets go one after the other', async () => {
  const { sent, send } = slowGate();
  const done = doneNumbers(send);
  done.add(1);
  await turn();
  assert.equal(sent.length, 1, 'sent by itself');
  let isFlushed = false;
  const nothingNew = done.flush().then(() => (isFlushed = true));
  await turn();
  assert.equal(isFlushed, false, 'the first is under way');
  for (let number = 2; number <= GATE_DONE_MAX + 2; number++) done.add(number);
  let isLastFlushed = false;
  const last = done.flush().then(() => (isLastFlushed = true));
  await turn();
  assert.equal(sent.length, 1, 'the first is under way');
  for (const [at, isTaken] of [true, true, false].entries()) {
    assert.deepEqual([sent.length, isLastFlushed], [at + 1, false]);
    sent[at]?.end(isTaken);
    await turn();
  }
  await Promise.all([nothingNew, last]);
  const numbers = sent.map(({ order }) => (order.type === 'done' ? order.numbers.length : 0));
  assert.deepEqual(numbers, [1, GATE_DONE_MAX, 1]);
});
