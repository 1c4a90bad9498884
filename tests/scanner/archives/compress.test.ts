// SPDX-License-Identifier: Apache-2.0
// Streams of `compress` (.Z), by the real scan process. No program of Debian's makes them without another package: the test kit does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { makeMarker, packCompress } from '@lazaret/testkit';
import { REQUEST } from '../../../packages/agent/src/engine/answers/wire.ts';
import { startTestScanner } from '../test-scanner.ts';

test('a compress stream is opened: what it hides is found, and a damaged one kills no worker', async (context) => {
  const marker = makeMarker('Test.Compress');
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature });
  const hidden = await scanner.scanBytes(packCompress(marker.atEndOf(120)));
  assert.equal(hidden.verdict, 'infected', JSON.stringify(hidden));
  assert.equal((await scanner.scanBytes(packCompress(Buffer.from('nothing of interest')))).verdict, 'clean');
  const damaged = await scanner.scanBytes(Buffer.from('1f9dd0cf11e0a1b11ae1'.padEnd(120, '0'), 'hex'));
  assert.notEqual(damaged.unscanned[0]?.reason, 'engine-failure');
  const { workerDeaths } = (await scanner.session.ask(REQUEST.status)) as { readonly workerDeaths: number };
  assert.equal(workerDeaths, 0);
});

test('LM-5a: compress in compress counts each time', async (context) => {
  const marker = makeMarker('Test.CompressDeep');
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature });
  let content: Buffer = Buffer.from(marker.text);
  for (let depth = 1; depth <= 10; depth++) {
    content = packCompress(content);
    const { verdict, unscanned } = await scanner.scanBytes(content);
    const reasons = unscanned.map(({ reason }) => reason);
    assert.deepEqual([verdict, ...reasons], depth <= 5 ? ['infected'] : ['partly', 'layers'], `${depth} deep`);
  }
});
