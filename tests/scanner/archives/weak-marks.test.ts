// SPDX-License-Identifier: Apache-2.0
// Archives whose first bytes are, by chance or by intent, the mark of another format: what they are is decided by what tells more.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { makeLha, makeMarker, makeTar, packIso, packLzip, seededRandom, testSeed } from '@lazaret/testkit';
import { startTestScanner } from '../test-scanner.ts';

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

/** A tar whose first member's name is these bytes, and whose last one the engine does not unpack. */
function tarThatStartsWith(name: Buffer): Buffer {
  const tar = makeTar([
    { name: 'first', content: Buffer.from('nothing\n') },
    { name: 'last', content: packLzip(marker.atEndOf(4_000)) },
  ]);
  name.copy(tar);
  tar.write('        ', 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
}

test('LM-1a: a tar whose first member is called as a whole mark of a format that is not walked is read as a tar', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  for (const name of ['xar!', 'MSCF', 'MSWIM', 'GRZipII']) {
    const answer = await scanner.scanBytes(tarThatStartsWith(Buffer.concat([Buffer.from(name), Buffer.alloc(8)])));
    assert.deepEqual([answer.verdict, answer.unscanned, answer.trueType], ['infected', [], 'tar'], name);
  }
});

test('LM-11b: a file that is a tar by its check sum and begins with the mark of another format is walked as a tar, and called ambiguous', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const starts: readonly (readonly [start: string, at?: number])[] = [
    ['!<thin>\n'],
    ['x\x9f>"'],
    ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
    ['SZDD\x88\xf0\x27\x33'],
    ['ITSF\x03'],
    ['ALZ\x01'],
    ['ArC\x01'],
    ['\xdc\xa7\xc4\xfd', 20],
    ['\x6b\xea\0\0', 24],
    ['\x02\x21\x4c\x18'],
    ['PK\x03\x04'],
    ['7z\xbc\xaf\x27\x1c'],
    ['\x28\xb5\x2f\xfd'],
  ];
  for (const [start, at = 0] of starts) {
    const name = Buffer.concat([Buffer.alloc(at, 'a'), Buffer.from(start, 'latin1'), Buffer.from('\0')]);
    const { verdict, unscanned } = await scanner.scanBytes(tarThatStartsWith(name));
    assert.deepEqual(
      [verdict, unscanned.map(({ reason }) => reason)],
      ['infected', ['structure-ambiguous']],
      JSON.stringify(start),
    );
  }
});

test('LM-11b: what stands in the free space before an image is opened, and the file called ambiguous', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const image = packIso(scanner.directory, [{ name: 'a.txt', content: Buffer.from('nothing of interest\n') }]);
  const long = makeTar([{ name: 'first', content: Buffer.alloc(400_000) }]).subarray(0, -1_024);
  const [front, last] = [
    long.subarray(0, 32_768),
    makeTar([{ name: 'last', content: packLzip(marker.atEndOf(4_000)) }]),
  ];
  assert.ok(image.length < long.length);
  const both = Buffer.concat([front, image.subarray(32_768), long.subarray(image.length), last]);
  const { verdict, unscanned } = await scanner.scanBytes(both);
  assert.deepEqual([verdict, unscanned.map(({ reason }) => reason)], ['infected', ['structure-ambiguous']]);
  const lzip = packLzip(marker.atEndOf(4_000));
  const lzma = Buffer.concat([lzip, image.subarray(lzip.length)]);
  assert.equal((await scanner.scanBytes(lzma)).verdict, 'infected', 'a stream before an image');
});
