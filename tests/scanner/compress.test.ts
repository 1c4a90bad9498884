// SPDX-License-Identifier: Apache-2.0
// Streams of `compress` (.Z), by the real scan process. No program of Debian's makes them without another package: these are made here.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { makeMarker } from '@lazaret/testkit';
import { REQUEST } from '../../packages/agent/src/engine/wire.ts';
import { startTestScanner } from './test-scanner.ts';

/** LZW with codes of nine bits, each a byte as it is: 250 bytes at most, before codes grow. */
function packCompress(content: Buffer): Buffer {
  assert.ok(content.length <= 250);
  let bits = 0n;
  for (const [index, byte] of content.entries()) bits |= BigInt(byte) << BigInt(9 * index);
  const packed = Buffer.alloc(Math.ceil((content.length * 9) / 8));
  for (let index = 0; index < packed.length; index++) packed[index] = Number((bits >> BigInt(8 * index)) & 0xffn);
  return Buffer.concat([Buffer.from([0x1f, 0x9d, 0x90]), packed]);
}

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
