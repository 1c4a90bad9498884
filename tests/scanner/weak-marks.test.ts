// SPDX-License-Identifier: Apache-2.0
// Archives whose first bytes are, by chance or by intent, the mark of another format: what they are is decided by what tells more.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { makeLha, makeMarker, makeTar, seededRandom, testSeed } from '@lazaret/testkit';
import { startTestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.WeakMarks', seededRandom(testSeed));

const STARTS = ['1f9d', '60ea', 'c771', '71c7'];

/** An LHA archive starts with the length of its head and a check sum: with a name that makes them those two bytes. */
function lhaThatStartsWith(start: Buffer, method = '-lh0-'): Buffer {
  const nameBytes = (start[0] ?? 0) - 22;
  const letter = (more: number): string => String.fromCodePoint(97 + Math.max(0, Math.min(25, more)));
  for (let more = 0; more < 4_096; more++) {
    const name = Array.from({ length: nameBytes }, (_, at) => letter((more % 256) - 25 * at)).join('');
    const bytes = makeLha([{ name, method, content: marker.atEndOf(200 + (more >> 8)) }]);
    if (bytes.subarray(0, 2).equals(start)) return bytes;
  }
  return assert.fail(`no name leads to ${start.toString('hex')}`);
}

test('LM-1a: an LHA archive whose length and check sum are the mark of compress, ARJ or cpio is read as what it is', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  for (const start of STARTS) {
    const answer = await scanner.scanBytes(lhaThatStartsWith(Buffer.from(start, 'hex')));
    assert.deepEqual([answer.verdict, answer.unscanned, answer.trueType], ['infected', [], 'lha'], start);
    assert.equal(answer.threats[0]?.layers.length, 1, start);
  }
});

test('LM-4a: a PMarc archive whose length and check sum are such a mark is named as unsupported', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  for (const start of STARTS) {
    const { unscanned, trueType } = await scanner.scanBytes(lhaThatStartsWith(Buffer.from(start, 'hex'), '-pm2-'));
    assert.deepEqual(
      [trueType, ...unscanned.map(({ reason }) => reason)],
      ['archive-other', 'unsupported-compression'],
      start,
    );
  }
});

test('LM-1a: a tar whose first member is called as the mark of another format is read as a tar', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const names =
    '070701,070702,070707,LRZI,SIT!,RZIP,zPQ,hsqs,EGGA,StuffIt (c),ab-pm2-x,notes**ACE**,GIF89a,BZh91AY&SY,ID3,FWS';
  for (const name of names.split(',')) {
    const answer = await scanner.scanBytes(
      makeTar([
        { name, content: Buffer.from('nothing\n') },
        { name: 'last', content: marker.atEndOf(200) },
      ]),
    );
    assert.deepEqual([answer.verdict, answer.unscanned, answer.trueType], ['infected', [], 'tar'], name);
    assert.deepEqual(answer.threats[0]?.layers, ['last'], name);
  }
});
