// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LazaretError } from '@lazaret/core';
import { fairQueue, type Turn } from './fair-queue.ts';
import { PASSWORD_COST, PASSWORDS } from '../factors/password.ts';

const busy = () => new LazaretError('auth.busy', 'Too many.');
const stranger = (key: string): Turn => ({ key, known: false });
const known = (key: string): Turn => ({ key, known: true });
/** Refused at once: it neither runs nor waits. */
async function refused(asked: Promise<unknown>): Promise<void> {
  const told = asked.then(
    () => 'ran',
    (error: { readonly code: string }) => error.code,
  );
  const waits = new Promise((resolve) => setImmediate(() => resolve('waits')));
  assert.equal(await Promise.race([told, waits]), 'auth.busy');
}

/** A queue with one place, which is taken until `open`; then tasks run in their order, which `order` holds. */
function queueBehindOne(limits: { readonly waitingMax?: number; readonly waitingOfOneMax?: number } = {}) {
  const queue = fairQueue({ atOnceMax: 1, waitingMax: 100, waitingOfOneMax: 4, ...limits }, busy);
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const all: Promise<unknown>[] = [queue.run(stranger('first'), () => gate.promise)];
  const ask = (turn: Turn, name: string): Promise<unknown> => {
    const asked = queue.run(turn, async () => void order.push(name));
    all.push(asked.catch(() => undefined));
    return asked;
  };
  const open = async (): Promise<readonly string[]> => {
    gate.resolve();
    await Promise.all(all);
    return order;
  };
  return { ask, open };
}

describe('the queue in front of the passwords', () => {
  it('takes keys in turns: who asks three times stands before nobody who asks once', async () => {
    const { ask, open } = queueBehindOne();
    for (const name of ['a1', 'a2', 'a3']) void ask(stranger('a'), name);
    void ask(stranger('b'), 'b1');
    void ask(stranger('c'), 'c1');
    assert.deepEqual(await open(), ['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('serves known devices first, and of four turns a stranger one at least', async () => {
    const { ask, open } = queueBehindOne();
    for (const name of ['s1', 's2']) void ask(stranger(name), name);
    for (const name of ['k1', 'k2', 'k3', 'k4']) void ask(known(name), name);
    assert.deepEqual(await open(), ['k1', 'k2', 'k3', 's1', 'k4', 's2']);
  });

  it('serves known devices one after another where no stranger waits', async () => {
    const { ask, open } = queueBehindOne();
    const names = ['k1', 'k2', 'k3', 'k4', 'k5'];
    for (const name of names) void ask(known(name), name);
    assert.deepEqual(await open(), names);
  });

  it('full, takes the place from who waits most often, wherever that one stands', async () => {
    const { ask, open } = queueBehindOne({ waitingMax: 3 });
    void ask(stranger('a'), 'a1');
    const pushed = ask(stranger('a'), 'a2');
    void ask(stranger('b'), 'b1');
    void ask(stranger('c'), 'c1');
    await refused(pushed);
    assert.deepEqual(await open(), ['a1', 'b1', 'c1']);
  });

  it('lets one key wait a few times, and strangers take no place of known devices', async () => {
    const { ask, open } = queueBehindOne({ waitingMax: 3, waitingOfOneMax: 2 });
    for (const name of ['a1', 'a2']) void ask(stranger('a'), name);
    await refused(ask(stranger('a'), 'a3'));
    void ask(stranger('b'), 'b1');
    void ask(known('k'), 'k1');
    assert.deepEqual((await open()).toSorted(), ['a1', 'a2', 'b1', 'k1']);
  });

  it('full, takes a place from who waits most often for who waits less often, and never the other way', async () => {
    const { ask, open } = queueBehindOne({ waitingMax: 3 });
    void ask(stranger('a'), 'a1');
    void ask(stranger('a'), 'a2');
    const pushed = ask(stranger('a'), 'a3');
    void ask(stranger('b'), 'b1');
    await refused(pushed);
    await refused(ask(stranger('a'), 'a4'));
    await refused(ask(stranger('b'), 'b2'));
    assert.deepEqual(await open(), ['a1', 'b1', 'a2']);
  });

  it('stands in front of passwords with room for two, 64 MiB and half the threads of the pool', () => {
    assert.ok(PASSWORDS.atOnceMax <= 2 && PASSWORDS.atOnceMax * PASSWORD_COST.memoryKiB <= 64 * 1024);
  });

  it('works on as many at once as it may, also after failures', async () => {
    const queue = fairQueue({ atOnceMax: 2, waitingMax: 100, waitingOfOneMax: 100 }, busy);
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      throw new Error('no');
    };
    const all = Array.from({ length: 20 }, (_, at) => queue.run(stranger(`${at % 5}`), task));
    const results = await Promise.allSettled(all);
    assert.deepEqual([most, results.length, running], [2, 20, 0]);
    assert.equal(await queue.run(stranger('x'), () => Promise.resolve('works')), 'works');
  });
});
