// SPDX-License-Identifier: Apache-2.0
// LM-11a over clamd's INSTREAM: what the engine leaves out by a file's type is gone through there as well.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MARKS } from '../scanner/archives/marks.ts';
import { SCAN, startBench } from './bench.ts';
import { serveEngine, stream } from './clamd-stream.ts';

test('LM-11a: over INSTREAM a pattern behind the mark of any kind of file is FOUND', {
  timeout: 120_000,
}, async (t) => {
  const bench = await startBench(t);
  const socket = serveEngine(t, bench, SCAN);
  const missed: string[] = [];
  for (const [name, mark] of Object.entries(MARKS)) {
    const bytes = Buffer.concat([Buffer.from(mark, 'hex'), Buffer.alloc(1_000), Buffer.from(bench.marker.text)]);
    if ((await stream(socket, bytes)) !== 'stream: Found FOUND') missed.push(name);
  }
  assert.deepEqual(missed, []);
});
