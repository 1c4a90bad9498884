// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { join } from 'node:path';
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

  it('where there is no spool yet, and where it ends, nothing is read; it is, once it is there', (t) => {
    const directory = join(temporaryDirectory(t), 'not yet');
    const reader = spoolReader(directory, 0);
    assert.deepEqual(reader.next(ALL), []);
    const spool = openSpool(directory, () => ({}));
    t.after(() => spool.close());
    assert.deepEqual(reader.next(ALL), []);
    spool.append('one', {});
    assert.deepEqual(reader.next(ALL), [{ sequence: 1, text: '{"sequence":1,"type":"one"}' }]);
  });

  it('bytes are counted as they lie there, with the end of each line', (t) => {
    const { directory, spool } = spoolOf(t);
    for (let index = 0; index < 4; index++) spool.append('one', { text: 'ä' });
    const bytes = Buffer.byteLength('{"text":"ä","sequence":1,"type":"one"}\n');
    const taken = (bytesMax: number): number => spoolReader(directory, 0).next({ linesMax: 4, bytesMax }).length;
    assert.deepEqual([taken(2 * bytes), taken(2 * bytes - 1), taken(3 * bytes), taken(0)], [2, 1, 3, 1]);
  });

  it('an event longer than what is read at once is one event, and so are those before and behind it', (t) => {
    const { directory, spool } = spoolOf(t, { bytesMax: 100_000_000, segmentBytesMax: 100_000_000 });
    const lengths = [300_000, 1, 300_000, 2, 5_000_000, 3, 200_000, 200_000, 4];
    for (const length of lengths) spool.append('one', { text: 'x'.repeat(length) });
    const before = readdirSync('/proc/self/fd').length;
    const read = spoolReader(directory, 0).next(ALL);
    assert.deepEqual(
      sequencesOf(read),
      lengths.map((_, at) => at + 1),
    );
    assert.deepEqual(
      read.map(({ text }) => (JSON.parse(text) as { text: string }).text.length),
      lengths,
    );
    assert.equal(readdirSync('/proc/self/fd').length, before);
  });

  it('it goes on where the segment in which it was has fallen out meanwhile', (t) => {
    const { directory, spool } = spoolOf(t, { bytesMax: 1_000, segmentBytesMax: 300 });
    const reader = spoolReader(directory, 0);
    spool.append('one', {});
    assert.deepEqual(sequencesOf(reader.next(ALL)), [1]);
    for (let index = 0; index < 100; index++) spool.append('one', { text: 'x'.repeat(50) });
    const [first = 0] = listSegments(directory);
    assert.ok(first > 2);
    const left = Array.from({ length: spool.last() - first + 1 }, (_, index) => first + index);
    assert.deepEqual(sequencesOf(reader.next(ALL)), left);
  });

  it('numbers that are missing between two segments hold nothing up', (t) => {
    const directory = temporaryDirectory(t);
    const line = (sequence: number): string => `${JSON.stringify({ sequence, type: 'one' })}\n`;
    writeFileSync(segmentPath(directory, 1), line(1) + line(2));
    writeFileSync(segmentPath(directory, 7), line(7));
    const reader = spoolReader(directory, 0);
    assert.deepEqual(sequencesOf(reader.next({ linesMax: 2, bytesMax: 1_000 })), [1, 2]);
    assert.deepEqual(sequencesOf(reader.next(ALL)), [7]);
  });

  it('behind each event, wherever its segment begins, the next one is read; also back again', (t) => {
    const { directory, spool } = spoolOf(t, { bytesMax: 1_000_000, segmentBytesMax: 60 });
    for (let index = 0; index < 9; index++) spool.append('one', {});
    assert.ok(listSegments(directory).length > 2);
    const reader = spoolReader(directory, 0);
    for (const behind of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 0]) {
      reader.seek(behind);
      const [next] = reader.next({ linesMax: 1, bytesMax: 1_000 });
      assert.equal(next?.sequence, behind === 9 ? undefined : behind + 1);
    }
    assert.deepEqual(sequencesOf(reader.next(ALL)), [2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
