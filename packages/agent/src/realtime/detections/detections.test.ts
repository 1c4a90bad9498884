// SPDX-License-Identifier: Apache-2.0
// How many detections an agent holds: what it has not dealt with, and what is dealt with and not on disk yet.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { gateMessageSchema, type GateMessage } from '@lazaret/contract';
import { systemClock } from '@lazaret/platform';
import { until } from '@lazaret/testkit';
import { detections } from './detections.ts';
import { objectsAtWork } from './objects-at-work.ts';
import { HOST } from '@lazaret/host';
import { bench, clue } from '../test-bench.ts';

test('while a disk takes no event, no more than so many detections are taken from the gate; once it does, the link is read on', async (t) => {
  const { parts, directory } = await bench(t);
  const disk = Promise.withResolvers<void>();
  const reading: boolean[] = [];
  const done: number[] = [];
  const found = detections({
    parts: { ...parts, spool: { ...parts.spool, synced: () => disk.promise } },
    objects: objectsAtWork(HOST.realtime, () => 0),
    openers: HOST.processes.openerFacts(systemClock),
    scope: () => null,
    deny: () => Promise.resolve(true),
    done: (number) => done.push(number),
    setReading: (on) => reading.push(on),
  });
  // A file that has gone since: nothing is to be done but to say so.
  const gone = { ...clue(directory), file: { device: '1', inode: '1', handleType: null, handle: null }, path: '/gone' };
  let taken = 0;
  while (reading.at(-1) !== false && taken < 5_000) {
    taken += 1;
    const message = gateMessageSchema.parse({ type: 'detection', ...gone, number: taken, refused: true, answer: '{}' });
    found.take(message as Extract<GateMessage, { type: 'detection' }>, null);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(taken, 1_024);
  assert.deepEqual(done, []);
  disk.resolve();
  await until(() => done.length === taken, 'all are done');
  assert.equal(reading.at(-1), true);
  await found.close();
});
