// SPDX-License-Identifier: Apache-2.0
// What a file makes the scan process say has an end, and nothing of weight is lost there: each threat and each reason is told, the rest is counted.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { ScannerAnswer } from '@lazaret/contract';
import { makeMarker, makeZip } from '@lazaret/testkit';
import { SCHEDULED, suiteScanner, type TestScanner } from '../test-scanner.ts';

const usual = makeMarker('Test.Usual');
const hidden = makeMarker('Test.Hidden');
const DEEP = {
  ...SCHEDULED,
  compressionLayersMax: 30,
  membersMax: 100_000,
  walkTimeMs: 100_000,
  engineTimeMs: 100_000,
};

const longName = (index: number): string => String(index).padStart(4_000, '0');
const jsonBytes = (value: unknown): number => JSON.stringify(value).length;
const namesOf = (answer: ScannerAnswer): readonly string[] => [...new Set(answer.threats.map(({ name }) => name))];

/** Each in the next, under the names from the innermost to the outermost. */
function nest(content: Buffer, names: readonly string[], encryptedFlag = false): Buffer {
  const [innermost = '', ...outer] = names;
  const first = makeZip([{ name: innermost, content, encryptedFlag }]);
  return outer.reduce((inner, name) => makeZip([{ name, content: inner }]), first);
}

describe('answers that are long', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': usual.signature + hidden.signature }, (started) => (scanner = started));

  const bytesOfControl = '\u0001'.repeat(4_000);
  const broken = Buffer.alloc(4_000, 0xff);
  for (const [what, names] of [
    ['names of 4,000 letters', Array.from({ length: 12 }, (_, index) => longName(index))],
    ['names of control characters', Array.from({ length: 4 }, () => bytesOfControl)],
  ] as const)
    test(`LM-10a: a place that is too long to be told keeps its outer part: ${what}`, async () => {
      const infected = await scanner.scanBytes(nest(usual.atEndOf(200), names), DEEP);
      assert.equal(infected.verdict, 'infected');
      assert.deepEqual(namesOf(infected), [usual.name]);
      assert.ok(infected.threats[0]?.layers[0]?.startsWith(names.at(-1)?.slice(0, 100) ?? '-'), 'the outer part');
      const locked = await scanner.scanBytes(nest(usual.atEndOf(200), names, true), DEEP);
      assert.deepEqual(
        locked.unscanned.map(({ reason }) => reason),
        ['encrypted'],
      );
    });

  test('LM-10a: a name of bytes that are no text is told', async () => {
    const answer = await scanner.scanBytes(makeZip([{ name: broken, content: usual.atEndOf(200) }]), DEEP);
    assert.deepEqual(namesOf(answer), [usual.name]);
  });

  test('LM-10a: of one pattern in very many places some are told and the others counted; the one place of another is told', async () => {
    const entries = Array.from({ length: 2_000 }, (_, index) => ({
      name: longName(index),
      content: (index === 1_999 ? hidden : usual).atEndOf(100 + (index % 1_000)),
    }));
    const answer = await scanner.scanBytes(makeZip(entries), DEEP);
    assert.deepEqual(namesOf(answer).toSorted(), [hidden.name, usual.name]);
    assert.ok(jsonBytes(answer.threats) < 1_200_000, `${jsonBytes(answer.threats)} bytes`);
    assert.equal(answer.threats.length + (answer.threatsLeftOut ?? 0), 2_000);
  });

  test('LM-10a: more places than are kept hide no other pattern', async () => {
    const entries = Array.from({ length: 12_000 }, (_, index) => ({
      name: `m${index}`,
      content: (index === 11_999 ? hidden : usual).atEndOf(100),
      method: 0,
    }));
    const answer = await scanner.scanBytes(makeZip(entries), DEEP);
    assert.deepEqual(namesOf(answer).toSorted(), [hidden.name, usual.name]);
    // Ten thousand places are kept, and not all of them told.
    assert.ok(answer.threats.length + (answer.threatsLeftOut ?? 0) >= 10_000);
  });

  test('LM-10a: very many members that were not looked at are counted by their reason; each reason is told', async () => {
    const entries = Array.from({ length: 3_000 }, (_, index) => ({
      name: longName(index),
      content: Buffer.from(`content ${index}`),
      ...(index === 2_999 ? { claimedCrc32: 1 } : { encryptedFlag: true }),
    }));
    const answer = await scanner.scanBytes(makeZip(entries), DEEP);
    assert.deepEqual([...new Set(answer.unscanned.map(({ reason }) => reason))].toSorted(), ['corrupted', 'encrypted']);
    assert.ok(jsonBytes(answer.unscanned) < 1_200_000, `${jsonBytes(answer.unscanned)} bytes`);
    const leftOut = Object.values(answer.unscannedLeftOut ?? {}).reduce((sum, count) => sum + count, 0);
    assert.ok(leftOut > 0);
    assert.equal(answer.coverage.all - answer.coverage.lookedAt, answer.unscanned.length + leftOut);
  });
});
