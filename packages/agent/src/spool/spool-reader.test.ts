// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { openSpool, spoolReader } from './index.ts';
import { listSegments, segmentPath } from './spool.ts';

const ALL = { linesMax: 1_000_000, bytesMax: 1_000_000_000 };

function spoolOf(t: TestContext, limits = { bytesMax: 1_000_000, segmentBytesMax: 300 }) {
  const directory = temporaryDirectory(t);
  const spool = openSpool(directory, () => ({}), limits);
  t.after(() => spool.close());
  return { directory, spool };
}

const sequencesOf = (lines: readonly { readonly sequence: number }[]): number[] =>
  lines.map(({ sequence }) => sequence);

describe('reading the spool on', () => {
  it('MG-1a: each event once, in order, over segments, and what is appended meanwhile', (t) => {
    const { directory, spool } = spoolOf(t);
    const reader = spoolReader(directory, 0);
    assert.deepEqual(reader.next(ALL), []);
    for (let index = 0; index < 40; index++) spool.append('one', { text: 'x'.repeat(20) });
    assert.deepEqual(sequencesOf(reader.next({ linesMax: 7, bytesMax: 1_000_000 })), [1, 2, 3, 4, 5, 6, 7]);
    spool.append('two', {});
    assert.deepEqual(
      sequencesOf(reader.next(ALL)),
      Array.from({ length: 34 }, (_, index) => index + 8),
    );
    assert.deepEqual(reader.next(ALL), []);
    spool.append('three', {});
    assert.deepEqual(sequencesOf(reader.next(ALL)), [42]);
  });

  it('goes on behind any sequence, and keeps to its limits of bytes', (t) => {
    const { directory, spool } = spoolOf(t);
    for (let index = 0; index < 20; index++) spool.append('one', { text: 'x'.repeat(100) });
    const reader = spoolReader(directory, 12);
    assert.deepEqual(sequencesOf(reader.next({ linesMax: 100, bytesMax: 300 })), [13, 14]);
    reader.seek(3);
    assert.deepEqual(sequencesOf(reader.next({ linesMax: 100, bytesMax: 10 })), [4], 'one is always taken');
  });

  it('a last line that is still being written is left for the next time', (t) => {
    const { directory, spool } = spoolOf(t);
    spool.append('one', {});
    const path = segmentPath(directory, listSegments(directory).at(-1) ?? 1);
    appendFileSync(path, '{"sequence":2,"ty');
    const reader = spoolReader(directory, 0);
    assert.deepEqual(sequencesOf(reader.next(ALL)), [1]);
    appendFileSync(path, 'pe":"two"}\n');
    assert.deepEqual(sequencesOf(reader.next(ALL)), [2]);
  });

  it('what fell out at the cap is a gap only where it had not been acknowledged', (t) => {
    const { directory, spool } = spoolOf(t, { bytesMax: 1_000, segmentBytesMax: 300 });
    const reader = spoolReader(directory, 0);
    for (let index = 0; index < 100; index++) {
      spool.append('one', { text: 'x'.repeat(50) });
      spool.acknowledge(spool.last());
    }
    assert.ok(!reader.next(ALL).some(({ text }) => text.includes('"gap"')));
    for (let index = 0; index < 100; index++) spool.append('one', { text: 'x'.repeat(50) });
    const gaps = reader
      .next(ALL)
      .filter(({ text }) => text.includes('"gap"'))
      .map(({ text }) => JSON.parse(text) as { lostFrom: number; lostTo: number });
    assert.ok(gaps.length > 0);
    assert.ok(
      gaps.every(({ lostFrom }) => lostFrom > 100),
      'only of what nobody else has',
    );
  });
});
