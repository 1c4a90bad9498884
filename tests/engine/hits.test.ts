// SPDX-License-Identifier: Apache-2.0
// A worker that ends or hangs after a detection, over the engine as the agent uses it and over clamd's protocol: the file is infected all the same.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Marker } from '@lazaret/testkit';
import { SCAN as UNHURRIED, startBench } from './bench.ts';
import { serveEngine, stream } from './clamd-stream.ts';

/** A worker that hangs is waited for. */
const SCAN = { ...UNHURRIED, deadlineMs: 5_000 };

/** What makes a worker end or hang the moment something was found in it. */
const fatal = (marker: Marker, kind: string): Buffer =>
  Buffer.from(`${['LAZARET', 'LATER', kind].join('-').padEnd(64, '.')}${marker.text}`);
const ENDS = { CRASH: 'engine-failure', EXIT: 'engine-failure', HANG: 'time' } as const;

test('LM-10a: the engine answers infected where a worker ended or hung after its detection, and says what was not read', async (t) => {
  const { engine, marker, open } = await startBench(t, 'scanner-faults');
  for (const [kind, reason] of Object.entries(ENDS)) {
    const answer = await engine.scan(open(kind, fatal(marker, kind)), SCAN);
    assert.deepEqual([answer.verdict, answer.threats.map(({ name }) => name)], ['infected', ['Found']], kind);
    assert.deepEqual(
      answer.unscanned.map((row) => row.reason),
      [reason],
      kind,
    );
  }
});

test('LM-10a: clamd’s protocol answers FOUND where a worker ended or hung after its detection', async (t) => {
  const bench = await startBench(t, 'scanner-faults');
  const { marker } = bench;
  const socket = serveEngine(t, bench, SCAN);
  for (const kind of Object.keys(ENDS))
    assert.equal(await stream(socket, fatal(marker, kind)), 'stream: Found FOUND', kind);
  assert.equal(await stream(socket, Buffer.from('nothing in it')), 'stream: OK');
});
