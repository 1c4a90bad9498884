// SPDX-License-Identifier: Apache-2.0
// Who is woken by which notification. The database is a stand-in that tells what the test tells it; time is the test's. With PostgreSQL: e2e/manager/link.test.ts.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { openWakeHub, type Wait, type WakeHub } from './wake-hub.ts';

interface Bench {
  readonly hub: WakeHub;
  readonly tell: (payload: string | null) => void;
  readonly heard: { channel: string; ended: number };
  readonly wait: (tenant: string, vm: string, ms?: number, signal?: AbortSignal) => Wait;
  /** What each wait came to by now; null: it goes on. */
  readonly states: (...waits: readonly Wait[]) => Promise<readonly (boolean | null)[]>;
}

async function bench(t: TestContext, random?: () => number): Promise<Bench> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const heard = { channel: '', ended: 0 };
  let tell: Bench['tell'] = () => assert.fail('nobody listens');
  const listen = async (channel: string, handler: Bench['tell']): Promise<() => void> => {
    heard.channel = channel;
    tell = handler;
    return () => void (heard.ended += 1);
  };
  const hub = await openWakeHub({ listen }, random);
  return {
    hub,
    heard,
    tell: (payload) => tell(payload),
    wait: (tenant, vm, ms = 60_000, signal = new AbortController().signal) => hub.wait(tenant, vm, ms, signal),
    states: (...waits) => Promise.all(waits.map(({ woken }) => Promise.race([woken, Promise.resolve(null)]))),
  };
}

test('each poll of a VM is woken at once by what happens to it, and by nothing of another VM or tenant', async (t) => {
  const { tell, heard, wait, states } = await bench(t);
  assert.equal(heard.channel, 'lazaret_vm');
  const waits = [wait('t', 'a'), wait('t', 'a'), wait('t', 'b'), wait('u', 'a')];
  for (const payload of ['t c', 'u b', 'v a']) tell(payload);
  assert.deepEqual(await states(...waits), [null, null, null, null]);
  tell('t a');
  assert.deepEqual(await states(...waits), [true, true, null, null]);
});

test('what happens to a tenant wakes all its VMs and no others; after a broken connection everybody looks again', async (t) => {
  const { tell, wait, states } = await bench(t);
  const waits = [wait('t', 'a'), wait('t', 'b'), wait('t2', 'a'), wait('u', 't')];
  tell('t *');
  t.mock.timers.tick(1);
  assert.deepEqual(await states(...waits), [true, true, null, null]);
  tell(null);
  t.mock.timers.tick(1);
  assert.deepEqual(await states(...waits), [true, true, true, true]);
});

test('from fifty waits of a tenant on they are woken over two seconds, as lots fall; fewer at once, whoever else waits', async (t) => {
  const lots = [0.25, 0.999];
  const { tell, wait, states } = await bench(t, () => lots.shift() ?? 0);
  for (let at = 0; at < 200; at++) wait('u', String(at));
  const few = Array.from({ length: 49 }, (_, at) => wait('t', String(at)));
  tell('t *');
  t.mock.timers.tick(1);
  assert.ok(
    (await states(...few)).every((woken) => woken === true),
    '49 wait',
  );
  for (const one of few) one.end();
  const many = Array.from({ length: 50 }, (_, at) => wait('t', String(at)));
  const [first, second] = [many[0] ?? assert.fail(), many[1] ?? assert.fail()];
  const other = wait('u', 'x');
  tell('t *');
  t.mock.timers.tick(499);
  assert.deepEqual(await states(first, second, other), [null, null, null], '50 wait');
  t.mock.timers.tick(1);
  assert.deepEqual(await states(first, second, other), [true, null, null]);
  t.mock.timers.tick(1_400);
  assert.deepEqual(await states(first, second, other), [true, null, null]);
  t.mock.timers.tick(99);
  assert.deepEqual(await states(first, second, other), [true, true, null]);
});

test('lots are drawn where nobody hands them in', async (t) => {
  const { tell, wait, states } = await bench(t);
  const waits = Array.from({ length: 50 }, (_, at) => wait('t', String(at)));
  tell('t *');
  t.mock.timers.tick(2_000);
  assert.ok((await states(...waits)).every((woken) => woken === true));
});

test('a wait that nobody wakes ends by its time, by its signal – also one that is over already – or by whoever waits; it is counted as long as it is not ended', async (t) => {
  const { hub, tell, wait, states } = await bench(t);
  const gone = new AbortController();
  const [byTime, bySignal, byEnd] = [wait('t', 'a', 5_000), wait('t', 'a', 60_000, gone.signal), wait('t', 'a')];
  t.mock.timers.tick(4_999);
  assert.deepEqual(await states(byTime, bySignal, byEnd), [null, null, null]);
  t.mock.timers.tick(1);
  assert.deepEqual(await states(byTime, bySignal, byEnd), [false, null, null]);
  gone.abort();
  assert.deepEqual(await states(byTime, bySignal, byEnd), [false, false, null]);
  assert.deepEqual(await states(wait('t', 'b', 60_000, gone.signal)), [false]);
  assert.equal(hub.waiting(), 4);
  byTime.end();
  byTime.end();
  byEnd.end();
  assert.equal(hub.waiting(), 2);
  tell('t a');
  assert.deepEqual(await states(byTime, bySignal, byEnd), [false, false, false]);
});

test('who waits for the same VM goes on when another of its waits ends', async (t) => {
  const { hub, tell, wait, states } = await bench(t);
  const [first, second] = [wait('t', 'a'), wait('t', 'a')];
  first.end();
  tell('t a');
  assert.deepEqual(await states(second), [true]);
  second.end();
  const third = wait('t', 'a');
  tell('t a');
  assert.deepEqual([await states(third), hub.waiting()], [[true], 1]);
});

test('a wait that has ended keeps neither a timer nor a listener; at the close nothing is listened to, and nobody waits', async (t) => {
  const { hub, heard, wait, states } = await bench(t);
  const [gone, cleared] = [new AbortController(), t.mock.method(globalThis, 'clearTimeout')];
  const ended = wait('t', 'a', 60_000, gone.signal);
  assert.equal(getEventListeners(gone.signal, 'abort').length, 1);
  ended.end();
  assert.equal(getEventListeners(gone.signal, 'abort').length, 0);
  assert.equal(cleared.mock.callCount(), 1);
  const open = [wait('t', 'a'), wait('u', 'b')];
  hub.close();
  assert.deepEqual([heard.ended, await states(...open)], [1, [false, false]]);
});
