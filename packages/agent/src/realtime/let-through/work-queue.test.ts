// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { workQueue } from './work-queue.ts';

test('the queue has an end: so many at work, so many waiting, the rest is refused; what waits at the end is handed back', async () => {
  const jobs: PromiseWithResolvers<void>[] = [];
  const queue = workQueue<number>({
    atOnceMax: 2,
    waitingMax: 2,
    work: () => {
      jobs.push(Promise.withResolvers());
      return jobs.at(-1)?.promise ?? Promise.resolve();
    },
  });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((item) => queue.push(item)),
    [true, true, true, true, false],
  );
  assert.deepEqual([jobs.length, queue.size()], [2, 4]);
  jobs[0]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(jobs.length, 3);
  const left: number[] = [];
  const closed = queue.close((item) => left.push(item));
  jobs.forEach(({ resolve }) => resolve());
  await closed;
  assert.deepEqual(left, [4]);
});

test('owners take turns in the queue, and one has no more than its share at work', async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const queue = workQueue<string>({
    atOnceMax: 3,
    ofOwnerMax: 2,
    waitingMax: 100,
    ownerOf: (item) => Number(item[0]),
    work: (item) => {
      begun.push(item);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  for (const item of ['1a', '1b', '1c', '1d', '2a', '2b', '3a']) queue.push(item);
  assert.deepEqual(begun, ['1a', '1b', '2a'], 'a third of the first would be more than its share');
  for (let next = 0; next < 7; next++) {
    ends[next]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(begun.slice(3), ['1c', '2b', '3a', '1d']);
  assert.equal(queue.size(), 0);
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A queue whose work ends when the test says so. */
function bench(options: { readonly atOnceMax?: number; readonly waitingMax?: number; readonly ofOwnerMax?: number }) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const rooms: number[] = [];
  const queue = workQueue<string>({
    atOnceMax: 1,
    waitingMax: 100,
    ...options,
    ownerOf: (item) => Number(item[0]),
    onRoom: (size) => rooms.push(size),
    work: (item) => {
      begun.push(item);
      return new Promise((resolve) => ends.set(item, resolve));
    },
  });
  const end = async (item: string): Promise<void> => {
    ends.get(item)?.();
    await turn();
  };
  return { begun, rooms, queue, end };
}

test('after each that has ended it is told how many there are still, the next one being at work', async () => {
  const { begun, rooms, queue, end } = bench({});
  for (const item of ['1a', '1b', '1c']) queue.push(item);
  for (const item of ['1a', '1b', '1c']) await end(item);
  assert.deepEqual(
    [begun, rooms],
    [
      ['1a', '1b', '1c'],
      [2, 1, 0],
    ],
  );
});

test('a closed queue takes nothing, begins nothing, and ends when what is at work has ended', async () => {
  const { begun, queue, end } = bench({});
  for (const item of ['1a', '1b', '2a']) queue.push(item);
  const left: string[] = [];
  let isClosed = false;
  const closed = queue.close((item) => left.push(item)).then(() => (isClosed = true));
  assert.equal(queue.push('1c'), false);
  assert.deepEqual([left.toSorted(), queue.size()], [['1b', '2a'], 1]);
  await turn();
  assert.equal(isClosed, false);
  await end('1a');
  await closed;
  assert.deepEqual([begun, queue.size()], [['1a'], 0]);
});

test('who has its share at work waits, and others go before it; the share is given back', async () => {
  const { begun, queue, end } = bench({ atOnceMax: 2, ofOwnerMax: 1 });
  for (const item of ['1a', '1b', '1c', '2a']) queue.push(item);
  assert.deepEqual(begun, ['1a', '2a']);
  await end('2a');
  assert.deepEqual(begun, ['1a', '2a'], '1 has its share');
  await end('1a');
  assert.deepEqual(begun, ['1a', '2a', '1b']);
  await end('1b');
  assert.deepEqual(begun, ['1a', '2a', '1b', '1c']);
});

test('of two at work one ends: the other still counts for its owner', async () => {
  const { begun, queue, end } = bench({ atOnceMax: 4, ofOwnerMax: 2 });
  for (const item of ['1a', '1b', '1c', '1d']) queue.push(item);
  await end('1a');
  assert.deepEqual(begun, ['1a', '1b', '1c']);
});

test('without owners there is one line, and only what waits counts for its end', async () => {
  const begun: number[] = [];
  const queue = workQueue<number>({
    atOnceMax: 1,
    waitingMax: 1,
    work: (item) => {
      begun.push(item);
      return new Promise(() => {});
    },
  });
  assert.deepEqual([queue.push(1), queue.push(2), queue.push(3), begun], [true, true, false, [1]]);
});
