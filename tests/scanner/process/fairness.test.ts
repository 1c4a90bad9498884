// SPDX-License-Identifier: Apache-2.0
// Who shares the workers: owners and classes, files that hold a worker up or kill it, and their copies.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { connectLink } from '@lazaret/fdlink';
import {
  ANSWER,
  REQUEST,
  decodeAnswer,
  encodeOwner,
  encodeProfile,
  encodeRequest,
} from '../../../packages/agent/src/engine/answers/wire.ts';
import { type ScannerStatus, statusOf, untilStatus } from './scanner-status.ts';
import { REAL_TIME, startTestScanner, type ScanOptions, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Fair');
const files = { 'test.ndb': marker.signature };
const HOSTILE = 1_001;
const OTHERS = [1_002, 1_003, 1_004];
const INNOCENT = 2_000;

const fault = (kind: string, difference = ''): Buffer =>
  Buffer.from(`${['LAZARET', 'FAULT', kind].join('-')} ${difference}`.padEnd(256, '.'));

const everyWorkerRuns = ({ releases }: ScannerStatus): boolean =>
  releases[0]?.workers.every(({ jobs }) => jobs > 0) ?? false;

/** Scans that are never waited for; the end of the scanner ends them. */
function floodWith(scanner: TestScanner, contents: readonly Buffer[], options: ScanOptions): void {
  for (const content of contents) scanner.scanBytes(content, REAL_TIME, options).catch(() => undefined);
}

const many = (count: number, content: (index: number) => Buffer): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => content(index));

/** As the supervisor starts it: workers that hang would else be waited for until the end of their budget. */
async function start(context: Parameters<typeof startTestScanner>[0]): Promise<TestScanner> {
  const scanner = await startTestScanner(context, files, { faults: true, workers: 2, urgentWorkers: 1 });
  context.after(async () => {
    scanner.session.close();
    scanner.process.kill('SIGKILL');
    if (scanner.process.exitCode === null && scanner.process.signalCode === null) await once(scanner.process, 'exit');
  });
  return scanner;
}

async function isServed(scanner: TestScanner, scanClass: ScanOptions['scanClass']): Promise<number> {
  const begin = performance.now();
  const answer = await scanner.scanBytes(marker.atEndOf(100), REAL_TIME, {
    ...(scanClass === undefined ? {} : { scanClass }),
    owner: INNOCENT,
  });
  assert.equal(answer.verdict, 'infected');
  return performance.now() - begin;
}

test("four owners' files that hang hold up every worker: another owner's open is judged, and so is its follow-up and its clamd scan", async (context) => {
  const scanner = await start(context);
  for (const owner of [HOSTILE, ...OTHERS])
    floodWith(
      scanner,
      many(20, (index) => fault('HANG', `${owner} ${index}`)),
      { scanClass: 'open', owner },
    );
  await untilStatus(scanner, everyWorkerRuns);
  const opens: number[] = [];
  for (let round = 0; round < 5; round++) opens.push(await isServed(scanner, 'open'));
  const followUp = await isServed(scanner, 'followUp');
  const clamd = await isServed(scanner, 'clamd');
  context.diagnostic(
    `opens ${opens.map((ms) => ms.toFixed(0)).join(', ')} ms, follow-up ${followUp.toFixed(0)} ms, clamd ${clamd.toFixed(0)} ms`,
  );
  assert.ok(Math.max(...opens) < 10_000, 'within the deadline of an open');
  assert.ok(followUp < 60_000);
  assert.ok((await statusOf(scanner)).roomMade > 0);
});

test('clamd clients that hang workers leave one to opens, and make room for them', async (context) => {
  const scanner = await start(context);
  floodWith(
    scanner,
    many(50, (index) => fault('HANG', String(index))),
    { scanClass: 'clamd', owner: HOSTILE },
  );
  await untilStatus(scanner, ({ queued }) => queued > 40);
  const { roomMade } = await statusOf(scanner);
  await isServed(scanner, 'open');
  assert.equal((await statusOf(scanner)).roomMade, roomMade, 'no worker had to be ended for it: one stood free');
  await isServed(scanner, 'followUp');
  await isServed(scanner, 'clamd');
});

test('an open that waits for costly files of its own owner is told so; one of another owner is not', async (context) => {
  const scanner = await start(context);
  const costly = new Set<number>();
  const ended = new Set<number>();
  const link = connectLink(scanner.socketPath, 'seqpacket', {
    onMessage: (bytes) => {
      const { kind, id } = decodeAnswer(bytes);
      if (kind === ANSWER.costly) costly.add(id);
      if (kind === ANSWER.scanFinal) ended.add(id);
    },
    onEnd: () => undefined,
  });
  context.after(() => link.close());
  await link.send(encodeRequest({ kind: REQUEST.profile, id: 1, profile: 0 }, encodeProfile(REAL_TIME, new Map())));
  const open = async (id: number, owner: number, content: Buffer): Promise<void> => {
    const path = join(scanner.directory, `open-${id}`);
    writeFileSync(path, content);
    const descriptor = openSync(path, 'r');
    await link.send(encodeRequest({ kind: REQUEST.scan, id, profile: 0, scanClass: 0 }, encodeOwner(owner)), [
      descriptor,
    ]);
    closeSync(descriptor);
  };
  // More than there are workers: some wait while others run.
  for (let id = 10; id < 15; id++) await open(id, HOSTILE, fault('HANG', String(id)));
  // A worker that is still being made would serve the other one, and nobody would stand in the way.
  await untilStatus(scanner, everyWorkerRuns);
  await open(20, INNOCENT, marker.atEndOf(100));
  await untilStatus(scanner, () => costly.size === 5);
  await open(15, HOSTILE, fault('HANG', 'later'));
  await untilStatus(scanner, () => costly.has(15) && ended.has(20));
  assert.deepEqual(
    [...costly].toSorted((a, b) => a - b),
    [10, 11, 12, 13, 14, 15],
  );
});

test('a file that killed a worker, and its copies of the same owner, come one at a time behind the others', async (context) => {
  const scanner = await start(context);
  const first = await scanner.scanBytes(fault('CRASH'), REAL_TIME, { scanClass: 'open', owner: HOSTILE });
  assert.equal(first.unscanned[0]?.reason, 'engine-failure');
  await untilStatus(scanner, ({ suspects }) => suspects === 1);
  floodWith(
    scanner,
    many(12, () => fault('CRASH')),
    { scanClass: 'open', owner: HOSTILE },
  );
  await isServed(scanner, 'open');
  const done = await untilStatus(scanner, ({ queued, workerDeaths }) => queued === 0 && workerDeaths >= 13);
  assert.equal(done.workerDeaths, 13);
  // The same bytes of another owner are another's affair.
  await scanner.scanBytes(fault('CRASH'), REAL_TIME, { scanClass: 'open', owner: INNOCENT });
  assert.equal((await untilStatus(scanner, ({ suspects }) => suspects === 2)).suspects, 2);
});

test("copies of a file that holds up a worker take one worker alone: the others serve their owner's other files", async (context) => {
  const scanner = await start(context);
  floodWith(scanner, [fault('HANG')], { scanClass: 'open', owner: HOSTILE, deadlineMs: 300 });
  await untilStatus(scanner, ({ suspects }) => suspects === 1);
  floodWith(
    scanner,
    many(10, () => fault('HANG')),
    { scanClass: 'open', owner: HOSTILE },
  );
  const busy = await untilStatus(scanner, ({ slow }) => slow === 9);
  assert.equal(busy.releases[0]?.workers.filter(({ jobs }) => jobs > 0).length, 1);
  const answer = await scanner.scanBytes(marker.atEndOf(100), REAL_TIME, { scanClass: 'open', owner: HOSTILE });
  assert.equal(answer.verdict, 'infected');
});

test("one owner's requests never fill the queue: of the room that is left nobody takes more than half", async (context) => {
  const scanner = await start(context);
  const hang = many(30, (index) => fault('HANG', String(index)));
  floodWith(scanner, hang, { scanClass: 'clamd', owner: HOSTILE });
  const codes: unknown[] = [];
  for (let index = 0; index < 2_040; index++)
    scanner
      .scanFile(join(scanner.directory, 'sample-0'), REAL_TIME, { scanClass: 'clamd', owner: HOSTILE })
      .catch((error: unknown) => codes.push((error as { code?: string }).code));
  await untilStatus(scanner, ({ queued }) => queued > 2_000 || codes.length > 0);
  assert.equal((await isServed(scanner, 'clamd')) < 60_000, true);
});

test('a client that takes its request back, queued or running, frees the worker', async (context) => {
  const scanner = await start(context);
  const leaving = new AbortController();
  const lost = many(9, (index) => fault('HANG', String(index))).map((content) =>
    scanner
      .scanBytes(content, REAL_TIME, { scanClass: 'clamd', owner: HOSTILE, signal: leaving.signal })
      .catch((error: unknown) => (error as { code?: string }).code),
  );
  await untilStatus(scanner, ({ queued }) => queued >= 5);
  leaving.abort();
  assert.deepEqual(new Set(await Promise.all(lost)), new Set(['scan.cancelled']));
  const idle = await untilStatus(
    scanner,
    ({ releases, queued }) =>
      queued === 0 && (releases[0]?.workers.every(({ jobs, ready }) => ready && jobs === 0) ?? false),
  );
  assert.equal(idle.slow, 0);
});
