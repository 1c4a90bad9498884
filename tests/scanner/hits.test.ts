// SPDX-License-Identifier: Apache-2.0
// What was found stays found: whatever becomes of the worker afterwards, the file is infected, and the ledger says that the rest was not read.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { makeMarker, makeZip } from '@lazaret/testkit';
import { SCHEDULED, startTestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.Hits');
const rule = `rule byRule { meta: name = "Rule.Test.Hits" strings: $a = "${marker.text}" condition: $a }\n`;

/** Does so the moment something was found in it. */
const later = (kind: string): Buffer => Buffer.from(['LAZARET', 'LATER', kind].join('-').padEnd(64, '.'));

for (const [kind, reason] of [
  ['CRASH', 'engine-failure'],
  ['EXIT', 'engine-failure'],
  ['HANG', 'time'],
] as const) {
  test(`LM-10a: a worker that comes to its end (${kind}) after a detection: the file is infected, the rest said to be unread`, async (context) => {
    for (const files of [{ 'test.ndb': marker.signature }, { 'test.yar': rule }]) {
      const scanner = await startTestScanner(context, files, { faults: true });
      const bytes = Buffer.concat([later(kind), Buffer.from(marker.text)]);
      const answer = await scanner.scanBytes(bytes, SCHEDULED, { deadlineMs: kind === 'HANG' ? 1_000 : 0 });
      assert.equal(answer.verdict, 'infected');
      assert.deepEqual(
        answer.threats.map(({ name, layers }) => [name, layers]),
        [['test.ndb' in files ? 'Test.Hits' : 'Rule.Test.Hits', []]],
      );
      assert.deepEqual(answer.unscanned, [{ reason, layers: [], bytes: bytes.length }]);
      assert.deepEqual(answer.coverage, { lookedAt: 0, all: 1 });
      assert.equal((await scanner.scanBytes(Buffer.alloc(1000, 'clean '))).verdict, 'clean');
    }
  });
}

test('LM-10a: a detection inside an archive is told with its place when the worker dies over it', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature }, { faults: true });
  const packed = makeZip([
    { name: later('CRASH').toString(), content: Buffer.from('what a name does to us') },
    { name: 'inside.txt', content: marker.atEndOf(400) },
  ]);
  const answer = await scanner.scanBytes(packed);
  assert.deepEqual([answer.verdict, answer.threats.map(({ layers }) => layers)], ['infected', [['inside.txt']]]);
  assert.equal(answer.unscanned[0]?.reason, 'engine-failure');
});

test('a detection that is told at once and again at the end is one threat, with its final place', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature });
  const names = Array.from({ length: 30 }, (_, index) => `copy-${index}.txt`);
  const packed = makeZip(names.map((name) => ({ name, content: marker.atEndOf(400) })));
  const answer = await scanner.scanBytes(packed);
  assert.deepEqual(new Set(answer.threats.map(({ layers }) => layers[0])), new Set(names));
  assert.equal(answer.threats.length, names.length);
});
