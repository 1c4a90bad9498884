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
