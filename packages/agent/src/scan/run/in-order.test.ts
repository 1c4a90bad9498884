// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mapInOrder } from './in-order.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let index = 0; index < count; index++) yield index;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('results keep the order of the walk whatever finishes first, within both bounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(6), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (delays, atOnceMax) => {
        let atOnce = 0;
        let most = 0;
        const seen: number[] = [];
        const work = async (item: number): Promise<number> => {
          most = Math.max(most, ++atOnce);
          await turns(delays[item] ?? 0);
          atOnce -= 1;
          return item;
        };
        for await (const item of mapInOrder(numbers(delays.length), work, { atOnceMax, heldMax: 8 })) seen.push(item);
        assert.deepEqual(
          seen,
          delays.map((_, index) => index),
        );
        assert.ok(most <= atOnceMax);
      },
    ),
    { numRuns: 60 },
  );
});

test('a failure comes after what stood before it, and leaves nothing at work', async () => {
  let atWork = 0;
  const work = async (item: number): Promise<number> => {
    atWork += 1;
    await turns(item === 3 ? 0 : 3);
    atWork -= 1;
    if (item === 3) throw new Error('three');
    return item;
  };
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const item of mapInOrder(numbers(100), work, { atOnceMax: 4, heldMax: 16 })) seen.push(item);
  }, /three/);
  assert.deepEqual(seen, [0, 1, 2]);
  assert.equal(atWork, 0);
});

test('behind a slow one no more is begun than may be held', async () => {
  const slow = Promise.withResolvers<void>();
  let begun = 0;
  const work = async (item: number): Promise<number> => {
    begun += 1;
    if (item === 0) await slow.promise;
    return item;
  };
  const all = Array.fromAsync(mapInOrder(numbers(10), work, { atOnceMax: 10, heldMax: 3 }));
  await turns(20);
  assert.equal(begun, 3);
  slow.resolve();
  assert.deepEqual(await all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('what is done is given on while the source is still looked through', async () => {
  const end = Promise.withResolvers<void>();
  const source = async function* (): AsyncGenerator<number> {
    yield 0;
    await turns(2);
    yield 1;
    await end.promise;
  };
  const results = mapInOrder(source(), (item) => Promise.resolve(item), { atOnceMax: 4, heldMax: 8 });
  const first = await Promise.race([results.next(), turns(50)]);
  assert.deepEqual(first, { value: 0, done: false });
  end.resolve();
  assert.deepEqual(await Array.fromAsync(results), [1]);
});
