// SPDX-License-Identifier: Apache-2.0
// What was found stays found: whatever becomes of the worker afterwards, the file is infected, and the ledger says that the rest was not read.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectLink } from '@lazaret/fdlink';
import { makeMarker, makeZip, until } from '@lazaret/testkit';
import {
  ANSWER,
  REQUEST,
  decodeAnswer,
  encodeOwner,
  encodeProfile,
  encodeRequest,
  type Answer,
} from '../../../packages/agent/src/engine/answers/wire.ts';
import { statusOf } from './scanner-status.ts';
import { SCHEDULED, startTestScanner, typeNumbers, type TestScanner } from '../test-scanner.ts';

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
      const answer = await scanner.scanBytes(bytes, SCHEDULED, { deadlineMs: kind === 'HANG' ? 5_000 : 0 });
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

interface Watched {
  /** All that was said of the scan, in its order. */
  readonly answers: readonly Answer[];
  readonly firstHit: Promise<void>;
  readonly final: Promise<void>;
}

/** A scan whose answers are seen one by one. */
async function watchScan(
  context: { after(work: () => void): void },
  scanner: TestScanner,
  path: string,
  owner: number,
): Promise<Watched> {
  const answers: Answer[] = [];
  const [hit, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const link = connectLink(scanner.socketPath, 'seqpacket', {
    onMessage: (bytes) => {
      const answer = decodeAnswer(bytes);
      if (answer.id !== 2) return;
      answers.push(answer);
      if (answer.kind === ANSWER.scanHits) hit.resolve();
      else end.resolve();
    },
    onEnd: () => undefined,
  });
  context.after(() => link.close());
  await link.send(encodeRequest({ kind: REQUEST.profile, id: 1, profile: 1 }, encodeProfile(SCHEDULED, typeNumbers())));
  const file = openSync(path, 'r');
  await link.send(encodeRequest({ kind: REQUEST.scan, id: 2, profile: 1, scanClass: 3 }, encodeOwner(owner)), [file]);
  closeSync(file);
  return { answers, firstHit: hit.promise, final: end.promise };
}

test('LM-10a: a scan that makes room for others begins again and is answered once; the hit of its first turn was told, whatever it finds in its second', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature }, { faults: true, workers: 1 });
  const path = join(scanner.directory, 'turned');
  const bytes = Buffer.concat([later('HANG'), Buffer.from(marker.text)]);
  writeFileSync(path, bytes);
  const scan = await watchScan(context, scanner, path, 1_001);
  await scan.firstHit;
  // It hangs now, and is another file when its second turn comes.
  writeFileSync(path, Buffer.alloc(bytes.length, 'clean '));
  assert.equal((await scanner.scanBytes(Buffer.alloc(500, 'x'), SCHEDULED, { owner: 1_002 })).verdict, 'clean');
  await scan.final;
  assert.deepEqual(await statusOf(scanner), { ...(await statusOf(scanner)), roomMade: 1, workerDeaths: 0 });
  // Whoever asked puts them together: a hit stands (`readScan` of the agent's session, `addHits` of the gate).
  assert.deepEqual(
    scan.answers.map(({ kind }) => kind),
    [ANSWER.scanHits, ANSWER.scanFinal],
  );
  const hit = scan.answers[0]?.body as { readonly threats: readonly { readonly name: string }[] };
  assert.equal(hit.threats[0]?.name, 'Test.Hits');
});

test('LM-10a: a scan that made room and then runs out of its time is infected by what its first turn found', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature }, { faults: true, workers: 1 });
  const bytes = Buffer.concat([later('HANG'), Buffer.from(marker.text)]);
  const lasting = scanner.scanBytes(bytes, SCHEDULED, { owner: 1_001, deadlineMs: 15_000 });
  const others = scanner.scanBytes(Buffer.alloc(500, 'x'), SCHEDULED, { owner: 1_002 });
  const [ended, other] = await Promise.all([lasting, others]);
  assert.equal(other.verdict, 'clean');
  assert.deepEqual(
    [ended.verdict, new Set(ended.threats.map(({ name }) => name)), ended.unscanned[0]?.reason],
    ['infected', new Set(['Test.Hits']), 'time'],
  );
  await until(async () => (await statusOf(scanner)).roomMade > 0, 'it made room');
});
