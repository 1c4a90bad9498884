// SPDX-License-Identifier: Apache-2.0
// The engine as the agent uses it, over a real scan process: cancel, deaths with a file in hand, a process that cannot come back.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Marker, until } from '@lazaret/testkit';
import { SCAN, startBench, untilBusy } from './bench.ts';

/** What `lazaret-scanner-faults` is at work on for ever. */
const HANGS = Buffer.from(['LAZARET', 'FAULT', 'HANG'].join('-').padEnd(64, '.'));

/** Text that keeps the engine busy for seconds, with the marker at its end. */
const slow = (marker: Marker): Buffer => marker.atEndOf(150 * 2 ** 20);

test('SC-9c: cancel reaches a file that is being scanned', { timeout: 300_000 }, async (t) => {
  const { engine, marker, open } = await startBench(t, 'scanner-faults');
  const abort = new AbortController();
  // Without the cancel both workers would be at work until their deadline, which lies behind the end of this test.
  const scans = ['one', 'other'].map((name) => engine.scan(open(name, HANGS), { ...SCAN, signal: abort.signal }));
  await untilBusy(engine);
  abort.abort();
  for (const scan of scans) await assert.rejects(scan, { code: 'scan.cancelled' });
  const next = await engine.scan(open('small', marker.atEndOf(100)), SCAN);
  assert.equal(next.verdict, 'infected', 'the next file is served');
});

test('LM-10a: a scan process that dies with a file in its hands costs a try, not the verdict; a second death costs the verdict', {
  timeout: 300_000,
}, async (t) => {
  const { engine, marker, open } = await startBench(t, 'scanner-faults');
  const once = engine.scan(open('slow', slow(marker)), SCAN);
  process.kill(await untilBusy(engine), 'SIGKILL');
  assert.equal((await once).verdict, 'infected');
  const twice = engine.scan(open('hangs', HANGS), SCAN);
  for (let death = 0; death < 2; death++) process.kill(await untilBusy(engine), 'SIGKILL');
  const answer = await twice;
  assert.equal(answer.verdict, 'partly');
  assert.deepEqual(answer.unscanned, [{ reason: 'engine-failure', layers: [], bytes: HANGS.length }]);
  assert.equal((await engine.scan(open('small', marker.atEndOf(100)), SCAN)).verdict, 'infected');
});

test('status and load outlive the death of the scan process that they were asked of', async (t) => {
  const { engine, directory } = await startBench(t);
  const request = { directory: join(directory, 'patterns'), canaries: [], requireEicar: false, expectedSignatures: 1 };
  for (let round = 0; round < 10; round++) {
    const { pid } = await engine.status();
    const asked = [engine.status(), engine.load(request), engine.status()];
    process.kill(pid, 'SIGKILL');
    for (const status of await Promise.all(asked)) assert.equal(status.signatures, 1);
  }
});

test('LM-10a: a scan process that does not come up again leaves files in the ledger, not a run that hangs', {
  timeout: 300_000,
}, async (t) => {
  const { engine, marker, program, putProgram, open } = await startBench(t);
  const { pid } = await engine.status();
  rmSync(program);
  process.kill(pid, 'SIGKILL');
  const descriptor = open('small', marker.atEndOf(100));
  assert.equal((await engine.scan(descriptor, SCAN)).unscanned[0]?.reason, 'engine-failure');
  assert.equal((await engine.scan(descriptor, SCAN)).unscanned[0]?.reason, 'engine-failure');
  putProgram();
  const isServed = async (): Promise<boolean> => (await engine.scan(descriptor, SCAN)).verdict === 'infected';
  await until(isServed, 'it serves again once it can be started');
});
