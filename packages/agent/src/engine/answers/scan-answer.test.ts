// SPDX-License-Identifier: Apache-2.0
// What a scan comes to, by what the scanner sent of it. Over a connection: session.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '@lazaret/core';
import { noRows, readBody, readScan, takeAhead } from './scan-answer.ts';
import { ANSWER } from './wire.ts';

const CLEAN = {
  verdict: 'clean',
  threats: [],
  unscanned: [],
  trueType: 'text',
  bytes: 1,
  sha256: null,
  coverage: { lookedAt: 1, all: 1 },
  timeMs: 1,
};
const threat = (name: string, engine = 'clamav', layers: readonly string[] = []) => ({ name, engine, layers });
const leaf = (bytes: number) => ({ reason: 'encrypted', layers: ['a'], bytes });

type Packet = readonly [kind: keyof typeof ANSWER, body: unknown];

/** What these packets come to; the last is the answer. */
function told(...packets: readonly Packet[]) {
  const rows = noRows();
  for (const [kind, body] of packets) {
    const answer = { kind: ANSWER[kind], id: 1, body };
    if (!takeAhead(rows, answer, 10)) return readScan(answer, rows);
  }
  return assert.fail('no answer among them');
}

test('rows that come ahead of the answer stand before those in it, in their order; a scan that is costly is no part of it', () => {
  const { threats, unscanned, ...rest } = told(
    ['scanRows', { threats: [threat('A')], unscanned: [leaf(1)] }],
    ['costly', null],
    ['scanRows', { unscanned: [leaf(2)] }],
    ['scanRows', { threats: [threat('B')] }],
    ['scanFinal', { ...CLEAN, verdict: 'infected', threats: [threat('C')], unscanned: [leaf(3)] }],
  );
  assert.deepEqual(threats, [threat('A'), threat('B'), threat('C')]);
  assert.deepEqual(unscanned, [leaf(1), leaf(2), leaf(3)]);
  const { threats: _, unscanned: __, ...clean } = CLEAN;
  assert.deepEqual(rest, { ...clean, verdict: 'infected' });
});

test('an answer without threats is as the scanner says it', () => {
  for (const verdict of ['clean', 'partly', 'out-of-scope'])
    assert.deepEqual(told(['scanFinal', { ...CLEAN, verdict }]), { ...CLEAN, verdict });
  assert.deepEqual(told(['scanHits', { threats: [] }], ['scanFinal', CLEAN]), CLEAN);
});

test('LM-10a: what was found before the end stands, whatever the answer says; named again there it is one threat', () => {
  const early = threat('Early');
  const after = (last: object) => {
    const { verdict, threats } = told(['scanHits', { threats: [early] }], ['scanFinal', { ...CLEAN, ...last }]);
    return [verdict, threats];
  };
  assert.deepEqual(after({}), ['infected', [early]]);
  assert.deepEqual(after({ verdict: 'partly' }), ['infected', [early]]);
  const again = threat('Early', 'clamav', ['inside.txt']);
  assert.deepEqual(after({ verdict: 'infected', threats: [again] }), ['infected', [again]]);
  const others = [threat('Early', 'yara'), threat('Other')];
  assert.deepEqual(after({ verdict: 'infected', threats: others }), ['infected', [...others, early]]);
  const rows = told(['scanRows', { threats: [early] }], ['scanHits', { threats: [early] }], ['scanFinal', CLEAN]);
  assert.deepEqual([rows.verdict, rows.threats], ['infected', [early]]);
});

test('a scanner that sends rows of more than 64 MiB, or finds more than 1,000 things before the end, is taken for broken', () => {
  const rows = noRows();
  const some = { kind: ANSWER.scanRows, id: 1, body: { unscanned: [leaf(1)] } };
  assert.ok(takeAhead(rows, some, 64 * 1024 * 1024 - 5));
  assert.ok(takeAhead(rows, some, 5));
  assert.throws(() => takeAhead(rows, some, 1), { message: 'the scanner sends too many rows' });
  const hits = (count: number) => ({
    kind: ANSWER.scanHits,
    id: 1,
    body: { threats: Array.from({ length: count }, () => threat('A')) },
  });
  assert.ok(takeAhead(rows, hits(999), 1));
  assert.ok(takeAhead(rows, hits(1), 1));
  assert.throws(() => takeAhead(rows, hits(1), 1), { message: 'the scanner reports too many detections' });
});

test('what is none of the contract is refused: rows, hits, an answer', () => {
  for (const kind of ['scanRows', 'scanHits', 'scanFinal'] as const)
    for (const body of [null, 7, { threats: [{ name: 1 }] }])
      assert.throws(
        () => told([kind, body], ['scanFinal', CLEAN]),
        { name: 'ZodError' },
        `${kind} ${JSON.stringify(body)}`,
      );
});

test('a refusal has the scanner’s code, and its words where it has some; any other kind of answer is a fault', () => {
  const refused = (error: object): LazaretError => {
    try {
      told(['error', { error }]);
    } catch (thrown) {
      assert.ok(thrown instanceof LazaretError);
      return thrown;
    }
    return assert.fail('it was taken');
  };
  const [bare, detailed] = [refused({ code: 'scan.cancelled' }), refused({ code: 'scanner.broken', detail: 'why' })];
  assert.deepEqual([bare.code, bare.message], ['scan.cancelled', 'scan.cancelled']);
  assert.deepEqual([detailed.code, detailed.message], ['scanner.broken', 'why']);
  const strange = { message: `the scanner sent an unexpected answer of kind ${ANSWER.pong}` };
  assert.throws(() => told(['pong', null]), strange);
  assert.throws(() => told(['pong', { error: { code: 'x'.repeat(129) } }]), strange);
});

test('the answer to a question is its JSON, or the refusal', () => {
  assert.deepEqual(readBody({ kind: ANSWER.status, id: 1, body: { pid: 7 } }), { pid: 7 });
  const error = { kind: ANSWER.error, id: 1, body: { error: { code: 'scanner.not_loaded' } } };
  assert.throws(() => readBody(error), { code: 'scanner.not_loaded' });
});
