// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScannerAnswer } from '@lazaret/contract';
import type { InfectedFile } from '../scan/index.ts';
import type { ActContext } from './act-context.ts';
import { EVENT_LIMITS, recordDetection } from './record-detection.ts';

interface Told {
  readonly threats: InfectedFile['threats'];
  readonly unscanned: ScannerAnswer['unscanned'];
  readonly threatsLeftOut?: number;
  readonly unscannedLeftOut?: ScannerAnswer['unscannedLeftOut'];
}

/** The event of a file with this answer and these threats. */
function eventOf(answer: Partial<ScannerAnswer>, threats: InfectedFile['threats']): Told {
  let told: unknown;
  const context = {
    agent: { spool: { append: (_type: string, fields: unknown) => void (told = fields) } },
    inForce: { hash: '' },
  } as unknown as ActContext;
  const identity = { fileSystem: null, handle: null, device: 1n, inode: 1n };
  const file = { path: Buffer.from('/a'), text: '/a', identity, answer: { unscanned: [], ...answer }, threats };
  recordDetection(file as unknown as InfectedFile, null, context);
  return told as Told;
}

const long = (index: number): string => String(index).padStart(4_000, '0');
const threat = (index: number, name = 'A') => ({ name, kind: 'virus' as const, layers: [long(index)] });
const leaf = (index: number) => ({ reason: 'encrypted' as const, layers: [long(index)], bytes: 1 });
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

test('a detection of very many places stays a small event, and says how many more there are', () => {
  const event = eventOf(
    { threatsLeftOut: 7, unscanned: many(500, leaf), unscannedLeftOut: { encrypted: 3 } },
    many(1_000, (index) => threat(index)),
  );
  assert.ok(JSON.stringify(event).length < EVENT_LIMITS.threatsBytesMax + EVENT_LIMITS.unscannedBytesMax + 1_000);
  assert.equal(event.threats.length + (event.threatsLeftOut ?? 0), 1_007);
  assert.ok(event.threats.length > 50 && event.unscanned.length > 10);
  assert.deepEqual(event.unscannedLeftOut, { encrypted: 503 - event.unscanned.length });
});

test('a few are told one by one, and the first threat however long it is', () => {
  const few = eventOf({ unscanned: [leaf(1)] }, [threat(1), threat(2, 'B')]);
  assert.deepEqual(
    [few.threats.length, few.unscanned.length, few.threatsLeftOut, few.unscannedLeftOut],
    [2, 1, undefined, undefined],
  );
  const first = { name: 'A', kind: 'virus' as const, layers: ['x'.repeat(EVENT_LIMITS.threatsBytesMax)] };
  const one = eventOf({}, [first, threat(1)]);
  assert.deepEqual([one.threats, one.threatsLeftOut], [[first], 1]);
});
