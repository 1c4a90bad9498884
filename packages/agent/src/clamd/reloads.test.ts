// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { reloads } from './reloads.ts';

/** Looks that end, and pauses that are over, when the test says so. */
function bench() {
  const looks: PromiseWithResolvers<void>[] = [];
  const pauses: PromiseWithResolvers<void>[] = [];
  const later = (list: PromiseWithResolvers<void>[]): Promise<void> => {
    const one = Promise.withResolvers<void>();
    list.push(one);
    return one.promise;
  };
  const asked = reloads(() => later(looks), {
    sleep: (_, signal) => {
      signal?.addEventListener('abort', () => pauses.at(-1)?.resolve());
      return later(pauses);
    },
  });
  return { looks, pauses, asked };
}

test('of RELOADs without end one look is taken at a time, and one more after a pause; nobody waits for it', async () => {
  const { looks, pauses, asked } = bench();
  let firstEnded = false;
  const first = asked.ask().then(() => (firstEnded = true));
  for (let count = 0; count < 1_000; count++) await asked.ask();
  assert.deepEqual([looks.length, firstEnded], [1, false]);
  looks[0]?.resolve();
  await first;
  for (let count = 0; count < 1_000; count++) await asked.ask();
  assert.equal(looks.length, 1, 'the pause has begun');
  pauses[0]?.resolve();
  await turn();
  assert.equal(looks.length, 2, 'one for all who asked meanwhile');
  looks[1]?.reject(new Error('not told to anybody'));
  await turn();
  pauses[1]?.resolve();
  await turn();
  assert.equal(looks.length, 2, 'nobody has asked since');
  const again = asked.ask();
  assert.equal(looks.length, 3);
  looks[2]?.reject(new Error('damaged'));
  await assert.rejects(again, /damaged/);
});

test('after the end no look is begun', async () => {
  const { looks, pauses, asked } = bench();
  const first = asked.ask();
  await asked.ask();
  looks[0]?.resolve();
  await first;
  await turn();
  asked.close();
  pauses[0]?.resolve();
  await turn();
  await asked.ask();
  assert.equal(looks.length, 1, 'although one was asked for');
});
