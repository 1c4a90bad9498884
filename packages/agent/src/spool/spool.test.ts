// SPDX-License-Identifier: Apache-2.0
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import { listSegments, openSpool, segmentPath, SPOOL_LIMITS, type Spool } from './spool.ts';

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

test('an event for which the disk has no room is refused whole: what came before and what comes after stays readable, without a hole', async (t) => {
  const mounts = await PrivateMounts.open('mkdir disk; mount -t tmpfs -o size=64k,mode=755 none disk');
  t.after(() => mounts.close());
  const directory = mounts.path('disk', 'spool');
  const spool = openSpool(directory, () => ({}));
  spool.append('x', {});
  assert.throws(() => spool.append('x', { padding: 'x'.repeat(100 * 1024) }), { code: 'ENOSPC' });
  assert.equal(spool.append('x', {}), 2);
  assert.deepEqual(
    [...spool.read(1)].map(({ sequence }) => sequence),
    [1, 2],
  );
  spool.close();
  const again = openSpool(directory, () => ({}));
  assert.equal(again.append('x', {}), 3);
  again.close();
});

/** Each event of the tests below is so long, with its line end. */
const LINE_BYTES = `${JSON.stringify({ sequence: 1, type: 'x' })}\n`.length;
const opened = (): number => readdirSync('/proc/self/fd').length;

/** Segments of two lines each. */
function small(t: TestContext, linesMax: number): { readonly directory: string; readonly spool: Spool } {
  const directory = temporaryDirectory(t);
  const limits = { bytesMax: linesMax * LINE_BYTES, segmentBytesMax: 2 * LINE_BYTES };
  const spool = openSpool(directory, () => ({}), limits);
  t.after(() => spool.close());
  return { directory, spool };
}

const append = (spool: Spool, count: number): void => {
  for (let done = 0; done < count; done++) spool.append('x', {});
};
/** Sequences that are there; of a gap, what it names. */
const readAll = (spool: Spool): readonly unknown[] =>
  [...spool.read(1)].map(({ sequence, type, lostFrom, lostTo }) =>
    type === 'gap' ? `${sequence}: lost ${String(lostFrom)}-${String(lostTo)}` : sequence,
  );

test('what every event has stands under what it brings itself, and its number and type over both', (t) => {
  const spool = openSpool(temporaryDirectory(t), () => ({ time: 1, epoch: 'e', type: 'stamp', sequence: 90 }));
  t.after(() => spool.close());
  spool.append('run', { time: 2, type: 'fields', sequence: 91 });
  assert.deepEqual([...spool.read(1)], [{ time: 2, epoch: 'e', sequence: 1, type: 'run' }]);
});

test('root alone reads a spool; what else lies in its directory is no segment', (t) => {
  const directory = join(temporaryDirectory(t), 'deep/spool');
  const first = openSpool(directory, () => ({}));
  first.append('run', {});
  first.close();
  const [name = ''] = readdirSync(directory);
  assert.equal(name, '0000000000000001.ndjson');
  assert.deepEqual(
    [directory, join(directory, name)].map((path) => statSync(path).mode & 0o777),
    [0o700, 0o600],
  );
  for (const other of [`x${name}`, `${name}.bak`, '1.ndjson', `0${name}`]) writeFileSync(join(directory, other), 'no');
  assert.deepEqual(listSegments(directory), [1]);
  const again = openSpool(directory, () => ({}));
  t.after(() => again.close());
  assert.deepEqual([again.last(), again.append('run', {})], [1, 2]);
});

test('segments stand in the order of their events, however the directory lists them', (t) => {
  for (const order of [
    [1, 30, 200],
    [200, 30, 1],
    [30, 200, 1],
  ]) {
    const directory = temporaryDirectory(t);
    for (const first of order) writeFileSync(segmentPath(directory, first), '');
    assert.deepEqual(listSegments(directory), [1, 30, 200]);
  }
});

test('a segment is full at its limit, and the next is named after its first event', (t) => {
  const { directory, spool } = small(t, 1_000);
  assert.equal(spool.last(), 0);
  append(spool, 5);
  assert.deepEqual([listSegments(directory), spool.last()], [[1, 3, 5], 5]);
  assert.equal(statSync(segmentPath(directory, 3)).size, 2 * LINE_BYTES);
});

test('without limits of its own a spool has 64 MiB in segments of 4 MiB', (t) => {
  assert.deepEqual(SPOOL_LIMITS, { bytesMax: 64 * 1024 * 1024, segmentBytesMax: 4 * 1024 * 1024 });
  const directory = temporaryDirectory(t);
  const spool = openSpool(directory, () => ({}));
  t.after(() => spool.close());
  spool.append('x', { padding: 'x'.repeat(SPOOL_LIMITS.segmentBytesMax) });
  append(spool, 1);
  assert.deepEqual(listSegments(directory), [1, 2]);
});

test('MG-8b: nothing goes at the cap itself; over it the oldest segment goes, and the newest never', (t) => {
  const { directory, spool } = small(t, 5);
  append(spool, 5);
  assert.deepEqual(listSegments(directory), [1, 3, 5]);
  append(spool, 1);
  assert.deepEqual(readAll(spool), [3, 4, 5, 6, '7: lost 1-2']);
  const tiny = small(t, 0);
  append(tiny.spool, 2);
  assert.deepEqual(readAll(tiny.spool), [1, 2]);
  append(tiny.spool, 1);
  assert.deepEqual(readAll(tiny.spool), [3, '4: lost 1-2']);
});

test('MG-8b: what goes at once is one gap, from the first to the last', (t) => {
  const { directory, spool } = small(t, 1_000);
  append(spool, 8);
  const limits = { bytesMax: 3 * LINE_BYTES, segmentBytesMax: 2 * LINE_BYTES };
  const again = openSpool(directory, () => ({}), limits);
  t.after(() => again.close());
  append(again, 1);
  assert.deepEqual(readAll(again), [7, 8, 9, '10: lost 1-6']);
});

test('MG-8b: of what falls out a gap names what is stored nowhere else', (t) => {
  for (const [acknowledged, gap] of [
    [[0], ['7: lost 1-2']],
    [[1], ['7: lost 2-2']],
    [[2], []],
    [[6], []],
    [[2, 1], []],
  ] as const) {
    const { spool } = small(t, 5);
    append(spool, 5);
    for (const sequence of acknowledged) spool.acknowledge(sequence);
    append(spool, 1);
    assert.deepEqual(readAll(spool), [3, 4, 5, 6, ...gap], String(acknowledged));
  }
});

test('who listens is told of each event until it listens no more', (t) => {
  const { spool } = small(t, 1_000);
  let [one, other] = [0, 0];
  const end = spool.onAppend(() => (one += 1));
  spool.onAppend(() => (other += 1));
  append(spool, 2);
  end();
  append(spool, 1);
  assert.deepEqual([one, other], [2, 3]);
});

test('a spool can be waited for until the disk has it, also when its first segment has gone; it keeps one file open until it is closed', async (t) => {
  const directory = temporaryDirectory(t);
  const before = opened();
  const spool = openSpool(directory, () => ({}), { bytesMax: 0, segmentBytesMax: LINE_BYTES });
  for (let count = 0; count < 5; count++) spool.acknowledge(spool.append('x', {}, true));
  spool.append('x', {});
  assert.deepEqual(listSegments(directory), [6]);
  await spool.synced();
  assert.equal(opened(), before + 1);
  spool.close();
  assert.equal(opened(), before);
});

test('after a restart numbers go on behind the last whole line: of a segment that is empty, cut in its first line, or whole', (t) => {
  const { directory, spool } = small(t, 1_000);
  append(spool, 4);
  const path = segmentPath(directory, 5);
  for (const text of ['', '{"sequence":5', '{"sequence":5,"type":"x"}\n', '{"sequence":5,"type":"x"}\n{"seq']) {
    writeFileSync(path, text);
    const before = opened();
    const again = openSpool(directory, () => ({}));
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    assert.equal(readFileSync(path, 'utf8'), whole);
    assert.equal(again.last(), whole === '' ? 4 : 5, text);
    again.close();
    assert.equal(opened(), before);
  }
});

test('reading begins at any event, also the first or the last of a segment', (t) => {
  const { spool } = small(t, 1_000);
  append(spool, 6);
  for (let from = 1; from <= 7; from++)
    assert.deepEqual(
      [...spool.read(from)].map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6].slice(from - 1),
    );
});
