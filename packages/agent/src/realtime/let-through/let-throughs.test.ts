// SPDX-License-Identifier: Apache-2.0
// What was let through, against a stand-in of the gate's socket: told, scanned, acted on, and only then done. With the real gate: e2e/realtime/let-through.test.ts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { openSync, renameSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lazaret/platform';
import { gateMessageSchema, type GateMessage } from '@lazaret/contract';
import { until } from '@lazaret/testkit';
import { letThroughs } from './let-throughs.ts';
import { objectsAtWork } from '../detections/objects-at-work.ts';
import { HOST } from '@lazaret/host';
import { bench, INFECTED, letThrough, openAndClose } from '../test-bench.ts';

test('a let-through open is an event at once, then scanned, acted on if infected, and its opener named', async (t) => {
  const { gate, directory, event, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  await gate.say({ ...letThrough(1, path), cause: 'deadline' }, openAndClose(path));
  const first = await event('realtime.let-through', { scanned: null });
  assert.equal(first['cause'], 'deadline');
  await event('detection');
  assert.equal(acted[0]?.facts.opener?.executable, '/usr/bin/curl');
  assert.equal(acted[0]?.facts.refused, false);
});

test('of an open that the gate died over, the file is found by its path; one that is gone is told as gone', async (t) => {
  const { gate, directory, event, events, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const one = letThrough(1, path);
  await gate.say(one);
  await event('detection');
  assert.equal(acted[0]?.file.path.toString(), path);
  renameSync(path, `${path}-2`);
  await gate.say({ ...one, number: 2, letThrough: randomUUID() });
  const verdicts = (): unknown[] =>
    events.flatMap(({ scanned }) => (scanned == null ? [] : [(scanned as { verdict: string }).verdict]));
  await until(() => verdicts().length >= 2, 'both are told');
  assert.deepEqual(verdicts(), ['infected', 'gone']);
});

test('many let-through opens of one file are one scan and one action; each is told', async (t) => {
  const { promise: scansEnd, resolve: endScans } = Promise.withResolvers<void>();
  const { gate, directory, events, acted, realtime } = await bench(t, { scansEnd });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  await gate.configuration(0);
  // Those that are at work before the last has come, and one for all others.
  const atOnceMax = availableParallelism() + 2;
  for (let number = 1; number <= 50; number++) await gate.say(letThrough(number, path), openAndClose(path));
  // Its answer comes after all of them were taken.
  await realtime.status();
  endScans();
  await gate.doneCount(50);
  const passed = events.filter(({ type, scanned }) => type === 'realtime.let-through' && scanned !== null);
  assert.equal(passed.length, 50);
  assert.ok(acted.length <= atOnceMax, `${acted.length} actions`);
  assert.equal(
    acted.reduce((sum, { facts }) => sum + facts.attempts, 0),
    50,
  );
});

test('a let-through open is done when its file is dealt with; told again meanwhile or after, it is no second one', async (t) => {
  const { gate, directory, event, events, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const one = letThrough(3, path);
  await gate.say(one, openAndClose(path));
  await gate.say(one, openAndClose(path));
  await gate.doneCount(1);
  const passed = (): readonly unknown[] => events.filter(({ type }) => type === 'realtime.let-through');
  assert.equal(passed().length, 2, 'both events are written before it is done');
  // Another gate, that has not heard it.
  gate.breakLink();
  await gate.configuration(1);
  await gate.say(one, openAndClose(path));
  await gate.doneCount(2);
  assert.deepEqual([...new Set(gate.done)], [3]);
  assert.equal(passed().length, 2);
  assert.equal(acted.length, 1);
});

test('where many wait, the others are opened when their turn comes; what finds no room is taken when it is told again', async (t) => {
  const { parts, directory } = await bench(t);
  const paths = ['a', 'b', 'c'].map((name) => join(directory, name));
  for (const path of paths) writeFileSync(path, 'harmless');
  const messages = paths.map(
    (path, index) =>
      gateMessageSchema.parse(letThrough(index + 1, path)) as Extract<GateMessage, { type: 'let-through' }>,
  );
  const done: number[] = [];
  const passed = letThroughs({
    parts,
    objects: objectsAtWork(HOST.realtime, () => 0),
    openers: HOST.processes.openerFacts(systemClock),
    atOnceMax: 1,
    descriptorsMax: 1,
    waitingMax: 1,
    order: () => null,
    deny: () => Promise.resolve(true),
    done: (number) => done.push(number),
  });
  const areDone = async (...numbers: readonly number[]): Promise<void> => {
    while (done.length < numbers.length) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      done.toSorted((left, right) => left - right),
      numbers,
    );
  };
  // One at work, one that waits, and one for which there is no room.
  const opened = paths.map((path) => HOST.files.adopt(openSync(path, 'r')));
  messages.forEach((message, index) => passed.take(message, opened[index] ?? null));
  assert.deepEqual(
    opened.slice(1).map(({ isOpen }) => isOpen),
    [false, false],
    'not yet looked at, and not held open',
  );
  await areDone(1, 2);
  const [, , third] = messages;
  if (third !== undefined) passed.take(third, null);
  await areDone(1, 2, 3);
  await passed.close();
});

test('a let-through open is done once the disk has its events; a thousand files share its writes, and none holds up the scan of the next', {
  timeout: 120_000,
}, async (t) => {
  const { parts, directory } = await bench(t);
  const pathOf = (number: number): string => join(directory, `${number}.txt`);
  for (let number = 1; number <= 1_000; number++) writeFileSync(pathOf(number), 'harmless');
  const disk = Promise.withResolvers<void>();
  let blocking = 0;
  let writes = 0;
  const spool: typeof parts.spool = {
    append: (_type, _fields, durable = false) => {
      if (durable) blocking += 1;
      return 1;
    },
    synced: () => {
      writes += 1;
      return disk.promise;
    },
  };
  const done: number[] = [];
  const passed = letThroughs({
    parts: { ...parts, spool },
    objects: objectsAtWork(HOST.realtime, () => 0),
    openers: HOST.processes.openerFacts(systemClock),
    atOnceMax: 32,
    order: () => null,
    deny: () => Promise.resolve(true),
    done: (number) => done.push(number),
  });
  for (let number = 1; number <= 1_000; number++) {
    const message = gateMessageSchema.parse({ ...letThrough(number, pathOf(number)), letThrough: randomUUID() });
    passed.take(message as Extract<GateMessage, { type: 'let-through' }>, null);
  }
  while (passed.ended()['failed'] !== 1_000) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([blocking, done], [0, []]);
  assert.ok(writes > 0);
  const closing = passed.close();
  disk.resolve();
  await closing;
  assert.equal(done.length, 1_000, 'who closes it waits for the disk, too');
});

test('a fault while its scan is ordered closes the file of a let-through open', async (t) => {
  const { parts, directory } = await bench(t);
  const path = join(directory, 'a');
  writeFileSync(path, 'harmless');
  const opened = HOST.files.adopt(openSync(path, 'r'));
  const passed = letThroughs({
    parts,
    objects: objectsAtWork(HOST.realtime, () => 0),
    openers: HOST.processes.openerFacts(systemClock),
    atOnceMax: 1,
    order: () => {
      throw new Error('no table of mounts');
    },
    deny: () => Promise.resolve(true),
    done: () => {},
  });
  passed.take(gateMessageSchema.parse(letThrough(1, path)) as Extract<GateMessage, { type: 'let-through' }>, opened);
  await passed.close();
  assert.equal(opened.isOpen, false);
});
