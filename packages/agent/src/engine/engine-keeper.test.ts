// SPDX-License-Identifier: Apache-2.0
// The loop that keeps a scan process alive, over processes that the test ends. With real ones: start-engine.test.ts.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { keepEngine, type Alive, type EngineKeeper } from './engine-keeper.ts';

interface Stand {
  readonly alive: Alive;
  readonly end: () => void;
  stops: number;
  closes: number;
}

/** A process that ends when the test, or who stops it, says so. */
function stand(pid: number): Stand {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const never = (): never => assert.fail('not asked here');
  const made: Stand = {
    stops: 0,
    closes: 0,
    end: () => resolve(),
    alive: {
      process: {
        pid,
        ended,
        kill: never,
        stop: () => {
          made.stops += 1;
          resolve();
          return ended;
        },
      },
      session: { scan: never, ask: never, encodeProfile: never, peer: never, close: () => void (made.closes += 1) },
    },
  };
  return made;
}

interface Bench {
  readonly keeper: EngineKeeper;
  readonly first: Stand;
  readonly deaths: number[];
  /** Lets the keeper's attempt to bring the next one up come to this. */
  readonly bring: (next: Stand | Error) => Promise<void>;
}

/** The first one is up. Each later attempt waits for `bring`. */
async function bench(downMsMax?: number): Promise<Bench> {
  const first = stand(1);
  const deaths: number[] = [];
  let isFirst = true;
  let attempt = Promise.withResolvers<PromiseWithResolvers<Alive>>();
  const keeper = await keepEngine({
    bringUp: () => {
      if (isFirst) {
        isFirst = false;
        return Promise.resolve(first.alive);
      }
      const asked = Promise.withResolvers<Alive>();
      attempt.resolve(asked);
      return asked.promise;
    },
    onDeath: (count) => deaths.push(count),
    downMsMax,
  });
  const bring = async (next: Stand | Error): Promise<void> => {
    const asked = await attempt.promise;
    attempt = Promise.withResolvers();
    if (next instanceof Error) asked.reject(next);
    else asked.resolve(next.alive);
  };
  return { keeper, first, deaths, bring };
}

/** Time that the test sets, and the delays that are asked for; each is over at the next turn. */
function handTime(t: TestContext) {
  const time = { nowMs: 1_000, delays: [] as (number | undefined)[] };
  t.mock.method(performance, 'now', () => time.nowMs);
  t.mock.method(globalThis, 'setTimeout', (work: () => void, ms?: number) => {
    time.delays.push(ms);
    return setImmediate(work);
  });
  return time;
}

/** What has been settled is told before what waits for a turn of the loop. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const isDown = { code: 'scanner.down', message: 'The scanner does not start again.' };

test('the first one is there at once; where none comes up it is said, and nothing is tried again', async () => {
  const { keeper, first } = await bench();
  assert.equal(await keeper.whenUp(), first.alive);
  let tries = 0;
  const bringUp = (): Promise<Alive> => {
    tries += 1;
    return Promise.reject(new Error('no program'));
  };
  await assert.rejects(keepEngine({ bringUp, onDeath: () => assert.fail('none died') }), { message: 'no program' });
  await turn();
  assert.equal(tries, 1);
});

test('after a death its session is closed and its end told; who asks meanwhile waits for the next one', async () => {
  const { keeper, first, deaths, bring } = await bench();
  first.end();
  await turn();
  assert.deepEqual([first.closes, deaths], [1, [1]]);
  const waiting = keeper.whenUp();
  const second = stand(2);
  await bring(second);
  assert.equal(await waiting, second.alive);
  assert.equal(await keeper.whenUp(), second.alive);
  second.end();
  await turn();
  assert.deepEqual([second.closes, deaths], [1, [1, 2]]);
  await bring(stand(3));
  assert.equal((await keeper.whenUp()).process.pid, 3);
});

test('one that does not come up is tried again, at first after 10 ms, then each time twice as late, up to half a second', async (t) => {
  const { delays } = handTime(t);
  const { keeper, first, deaths, bring } = await bench();
  first.end();
  for (let tries = 0; tries < 8; tries++) await bring(new Error('not yet'));
  const next = stand(2);
  await bring(next);
  await turn();
  assert.equal(await keeper.whenUp(), next.alive);
  assert.deepEqual(delays, [10, 20, 40, 80, 160, 320, 500, 500]);
  assert.deepEqual(deaths, [1], 'one death, however many tries');
});

test('who asks waits as long as is left of the time since the death, and not at all when it is over; what comes up later is taken', async (t) => {
  const time = handTime(t);
  const { keeper, first, bring } = await bench(500);
  time.nowMs += 10_000;
  first.end();
  await turn();
  time.nowMs += 499;
  await assert.rejects(keeper.whenUp(), isDown);
  assert.deepEqual(time.delays, [1]);
  time.nowMs += 1;
  await assert.rejects(keeper.whenUp(), isDown);
  assert.deepEqual(time.delays, [1]);
  const second = stand(2);
  await bring(second);
  await turn();
  assert.equal(await keeper.whenUp(), second.alive);
  second.end();
  await turn();
  await assert.rejects(keeper.whenUp(), isDown);
  assert.deepEqual(time.delays, [1, 500], 'each death has its own time');
});

test('without a limit of its own who asks waits 15 s; with one of 0 not at all', async (t) => {
  const time = handTime(t);
  for (const [downMsMax, delays] of [
    [undefined, [15_000]],
    [0, [15_000]],
  ] as const) {
    const { keeper, first } = await bench(downMsMax);
    first.end();
    await turn();
    await assert.rejects(keeper.whenUp(), isDown);
    assert.deepEqual(time.delays, delays);
  }
});

test('who has got the next one leaves no timer behind', async (t) => {
  const cleared = t.mock.method(globalThis, 'clearTimeout');
  const { keeper, first, bring } = await bench();
  first.end();
  await turn();
  const waiting = keeper.whenUp();
  await bring(stand(2));
  await waiting;
  assert.equal(cleared.mock.callCount(), 1);
});

test('a close stops the process that is up, which is no death; nothing is brought up any more', async () => {
  const { keeper, first, deaths } = await bench();
  await keeper.close();
  assert.deepEqual([first.stops, first.closes, deaths], [1, 1, []]);
  await assert.rejects(keeper.whenUp(), isDown);
});

test('a close while the next one is coming up stops that one too, and tells who waits', {
  timeout: 60_000,
}, async () => {
  const { keeper, first, deaths, bring } = await bench();
  first.end();
  await turn();
  const waiting = assert.rejects(keeper.whenUp(), isDown);
  const closed = keeper.close();
  const late = stand(2);
  await bring(late);
  await closed;
  await waiting;
  assert.deepEqual([first.stops, late.stops, late.closes, deaths], [0, 1, 1, [1]]);
  await assert.rejects(keeper.whenUp(), isDown);
});

test('a close while the next one does not come up ends', { timeout: 60_000 }, async () => {
  const { keeper, first, bring } = await bench();
  first.end();
  await turn();
  const closed = keeper.close();
  await bring(new Error('not yet'));
  await closed;
});
