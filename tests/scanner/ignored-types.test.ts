// SPDX-License-Identifier: Apache-2.0
// LM-11a: what a file begins with never keeps the patterns from it: the content is gone through, and its whole is compared by hash, whatever the engine takes it for.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { makeMail, makeMarker, makeTar, makeZip, noise, seededRandom, testSeed } from '@lazaret/testkit';
import { MARKS } from './archives/marks.ts';
import { startTestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.Behind.Mark');

/** The mark, then what no format has, with the marker in plain view. */
function behind(mark: string): Buffer {
  return Buffer.concat([Buffer.from(mark, 'hex'), Buffer.alloc(1_000), Buffer.from(marker.text), Buffer.alloc(3_000)]);
}

const CARRIERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  plain: (bytes) => bytes,
  zip: (bytes) => makeZip([{ name: 'member', content: bytes }]),
  'zip in zip': (bytes) => makeZip([{ name: 'in.zip', content: makeZip([{ name: 'member', content: bytes }]) }]),
  gzip: (bytes) => gzipSync(bytes),
  tar: (bytes) => makeTar([{ name: 'member', content: bytes }]),
  mail: (bytes) => makeMail({ name: 'member.bin', content: bytes }),
};

/** A name is found, or some row says that a part was not looked at. */
for (const [carrier, carry] of Object.entries(CARRIERS))
  test(`LM-11a: a pattern behind the mark of any kind of file is found, or the ledger has a row: ${carrier}`, async (t) => {
    const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
    const silent: string[] = [];
    const left: string[] = [];
    for (const [name, mark] of Object.entries(MARKS)) {
      const answer = await scanner.scanBytes(carry(behind(mark)));
      if (answer.verdict === 'infected') continue;
      if (answer.unscanned.length === 0) silent.push(name);
      else left.push(name);
    }
    t.diagnostic(`in the ledger: ${left.join(' ')}`);
    assert.deepEqual(silent, []);
  });

test('LM-11a, PF-6c: the hash of a whole file is looked for behind the mark of any kind of file, alone and in a zip', async (t) => {
  const random = seededRandom(testSeed);
  const fillers = { noise: () => noise(500, random), text: () => Buffer.from(`words ${random()}\r\n\r\n`.repeat(20)) };
  const files = Object.entries(MARKS).flatMap(([mark, hex]) =>
    Object.entries(fillers).map(([filler, fill]) => ({
      name: `${mark}.${filler}`,
      bytes: Buffer.concat([Buffer.from(hex, 'hex'), fill()]),
    })),
  );
  const lines = files.map(
    ({ name, bytes }) => `${createHash('md5').update(bytes).digest('hex')}:${bytes.length}:Test.Hash.${name}`,
  );
  const scanner = await startTestScanner(t, { 'test.hdb': `${lines.join('\n')}\n` });
  const missed: string[] = [];
  for (const { name, bytes } of files)
    for (const carry of [CARRIERS['plain'], CARRIERS['zip']]) {
      const answer = await scanner.scanBytes(carry?.(bytes) ?? bytes);
      if (!answer.threats.some((threat) => threat.name === `Test.Hash.${name}`)) missed.push(name);
    }
  assert.deepEqual(missed, []);
});
