// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { testSeed } from '@lazaret/testkit';
import { sharedSync } from './shared-sync.ts';

test('whoever waits is answered by a write that began after the call, and writes never overlap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.nat({ max: 3 }), { maxLength: 40 }), async (scheduler, gaps) => {
      let written = 0;
      let durable = 0;
      let atWork = 0;
      let writes = 0;
      const sync = sharedSync(async () => {
        assert.equal(++atWork, 1);
        writes += 1;
        const covers = written;
        await scheduler.schedule(Promise.resolve());
        durable = Math.max(durable, covers);
        atWork -= 1;
      });
      const all = gaps.map(async (gap) => {
        for (let turn = 0; turn < gap; turn++) await scheduler.schedule(Promise.resolve());
        const own = ++written;
        await sync();
        assert.ok(durable >= own);
      });
      await scheduler.waitFor(Promise.all(all));
      assert.ok(writes <= gaps.length);
    }),
    { seed: testSeed, numRuns: 300 },
  );
});

test('a thousand that come during one write share the next', async () => {
  const gate = Promise.withResolvers<void>();
  let writes = 0;
  const sync = sharedSync(() => {
    writes += 1;
    return gate.promise;
  });
  const all = Array.from({ length: 1_000 }, () => sync());
  gate.resolve();
  await Promise.all(all);
  assert.equal(writes, 2);
});

test('a write that failed is told to those who waited for it, and the next ones have their own', async () => {
  const faults = [new Error('the disk is full')];
  const sync = sharedSync(() => {
    const fault = faults.pop();
    return fault === undefined ? Promise.resolve() : Promise.reject(fault);
  });
  const [first, second] = await Promise.allSettled([sync(), sync()]);
  assert.equal(first?.status, 'rejected');
  assert.equal(second?.status, 'fulfilled');
  await sync();
});

test('where no write is under way one begins at once', async () => {
  let writes = 0;
  const sync = sharedSync(() => Promise.resolve(void (writes += 1)));
  for (let call = 1; call <= 3; call++) {
    const done = sync();
    assert.equal(writes, call);
    await done;
  }
});
