// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { openSpool } from './spool.ts';

const SMALL = { bytesMax: 2_000, segmentBytesMax: 400 };

test('events come back in order, over segments and over a restart', (t) => {
  const directory = temporaryDirectory(t);
  const first = openSpool(directory, () => ({}), { bytesMax: 1e6, segmentBytesMax: 300 });
  for (let count = 0; count < 20; count++) first.append('run', { count });
  first.close();
  const second = openSpool(directory, () => ({}), { bytesMax: 1e6, segmentBytesMax: 300 });
  assert.equal(second.append('run', { count: 20 }), 21);
  const sequences = [...second.read(1)].map((event) => event.sequence);
  assert.deepEqual(
    sequences,
    Array.from({ length: 21 }, (_, index) => index + 1),
  );
  assert.deepEqual(
    [...second.read(19)].map((event) => event['count']),
    [18, 19, 20],
  );
  second.close();
});

test('MG-8b: at the cap the oldest go, and a gap names exactly what was lost', (t) => {
  const directory = temporaryDirectory(t);
  const spool = openSpool(directory, () => ({}), SMALL);
  for (let count = 0; count < 200; count++) spool.append('run', { padding: 'x'.repeat(40) });
  const events = [...spool.read(1)];
  const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  assert.ok(bytes <= SMALL.bytesMax + SMALL.segmentBytesMax);
  const seen = new Set(events.map((event) => event.sequence));
  const newestGap = events.findLast((event) => event.type === 'gap');
  assert.ok(newestGap, 'a gap event is among what is left');
  const oldest = Math.min(...seen);
  assert.equal(newestGap['lostTo'], oldest - 1, 'the gap ends where the rest begins');
  for (let sequence = oldest; sequence <= Math.max(...seen); sequence++) assert.ok(seen.has(sequence));
  spool.close();
});

test('a line that a crash cut off is removed, and its sequence is given again', (t) => {
  const directory = temporaryDirectory(t);
  const spool = openSpool(directory, () => ({}));
  spool.append('run', { count: 1 });
  spool.close();
  const [segment = ''] = readdirSync(directory);
  appendFileSync(join(directory, segment), '{"sequence":2,"ty');
  const again = openSpool(directory, () => ({}));
  assert.equal(again.append('run', { count: 2 }), 2);
  assert.deepEqual(
    [...again.read(1)].map((event) => event['count']),
    [1, 2],
  );
  again.close();
});
