// SPDX-License-Identifier: Apache-2.0
// A zip can have several lists of its members, and readers differ in which they take. All that one of them opens is looked at, or told.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { makeMarker, makeRar5, makeZip, pack7z, packLzip, seededRandom, testSeed } from '@lazaret/testkit';
import { jpeg } from './fronts.ts';
import { zipEnd, zipEntry, zipHead, zipWideEnd, zipWideLocator } from './odd-zips.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.ZipLists', seededRandom(testSeed));
/** The engine does not unpack it: only a reader of the list finds what is in it. */
const evil = packLzip(marker.atEndOf(3_000));
const clean = Buffer.from('nothing of interest stands here\n');
const FRONTS = { nothing: Buffer.alloc(0), picture: jpeg };

/** A member whose content is heads of two harmless members, their list and a 64-bit end. `minus`: what a reader adds to each offset. */
function otherList(at: number, minus: number) {
  const [before, one, other] = [Buffer.alloc(100, '.'), zipHead('a.txt', clean), zipHead('b.txt', clean)];
  const oneAt = at + before.length;
  const listAt = oneAt + one.length + other.length;
  const list = Buffer.concat([
    zipEntry('a.txt', clean, oneAt - minus),
    zipEntry('b.txt', clean, oneAt + one.length - minus),
  ]);
  const content = Buffer.concat([before, one, other, list, zipWideEnd(2, list.length, listAt), Buffer.alloc(10, '.')]);
  return { content, list, listAt };
}

/** `front`, the evil member, and one that holds another list; and the true list of both. */
function twoLists(front: Buffer, minus: number) {
  const head = zipHead('evil.lz', evil);
  const fillerAt = front.length + head.length;
  const other = otherList(fillerAt + 30 + 'filler'.length, minus);
  const members = Buffer.concat([front, head, zipHead('filler', other.content)]);
  const list = Buffer.concat([zipEntry('evil.lz', evil, front.length), zipEntry('filler', other.content, fillerAt)]);
  return { other, members, list };
}

describe('lists of a zip', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));
  const said = async (bytes: Buffer): Promise<readonly [string, readonly string[]]> => {
    const { verdict, unscanned } = await scanner.scanBytes(bytes);
    return [verdict, unscanned.map(({ reason }) => reason)];
  };

  test('LM-11b: a 64-bit end that tells another list than the end of 32 bits does not hide a member', async () => {
    for (const front of Object.values(FRONTS)) {
      const { other, members, list } = twoLists(front, 0);
      const locator = zipWideLocator(other.listAt + other.list.length);
      const bytes = Buffer.concat([members, list, locator, zipEnd(2, list.length, members.length)]);
      assert.deepEqual(await said(bytes), ['infected', ['structure-ambiguous']]);
    }
  });

  test('LM-11b: neither does an end in the comment of the true one, wherever it leads', async () => {
    for (const [name, front] of Object.entries(FRONTS))
      for (const minus of [0, 5])
        for (const off of [0, 5]) {
          const { other, members, list } = twoLists(front, minus);
          const comment = Buffer.concat([
            zipEnd(2, off === 0 ? other.list.length : 7, other.listAt - off),
            Buffer.from('.'),
          ]);
          const bytes = Buffer.concat([members, list, zipEnd(2, list.length, members.length, comment)]);
          const [verdict, reasons] = await said(bytes);
          assert.notEqual(verdict, 'clean', `${name} ${minus} ${off}`);
          assert.ok(reasons.includes('structure-ambiguous'), `${name} ${minus} ${off}: ${reasons.join(' ')}`);
        }
  });

  test('LM-11b: a first entry that leads nowhere does not hide the others', async () => {
    for (const front of Object.values(FRONTS)) {
      const head = zipHead('evil.lz', evil);
      const list = Buffer.concat([zipEntry('x', clean, front.length + 3), zipEntry('evil.lz', evil, front.length)]);
      const bytes = Buffer.concat([front, head, list, zipEnd(2, list.length, front.length + head.length)]);
      const [verdict, reasons] = await said(bytes);
      assert.equal(verdict, 'infected');
      assert.equal(reasons.length > 0, true, 'what leads nowhere is told');
    }
  });

  test('LM-11b: a wrong number of entries hides no member', async () => {
    for (const [name, front] of Object.entries(FRONTS))
      for (const count of [0, 1, 3, 9]) {
        const [one, other] = [zipHead('a.txt', clean), zipHead('evil.lz', evil)];
        const list = Buffer.concat([
          zipEntry('a.txt', clean, front.length),
          zipEntry('evil.lz', evil, front.length + one.length),
        ]);
        const end = zipEnd(count, list.length, front.length + one.length + other.length);
        assert.deepEqual(
          await said(Buffer.concat([front, one, other, list, end])),
          ['infected', ['structure-ambiguous']],
          `${name} ${count}`,
        );
      }
  });

  test('LM-11b: neither does a wrong length of the list', async () => {
    for (const [name, front] of Object.entries(FRONTS)) {
      const [one, other] = [zipHead('evil.lz', evil), zipHead('a.txt', clean)];
      const entries = [
        zipEntry('evil.lz', evil, front.length),
        zipEntry('a.txt', clean, front.length + one.length),
      ] as const;
      const list = Buffer.concat(entries);
      const members = Buffer.concat([front, one, other]);
      for (const length of [0, 1, list.length - 10, list.length + 7, 1_000_000, entries[1].length])
        for (const count of [2, 1, 0]) {
          const bytes = Buffer.concat([members, list, zipEnd(count, length, members.length)]);
          const [verdict, reasons] = await said(bytes);
          const form = `${name} ${length} ${count}: ${verdict} ${reasons.join(' ')}`;
          if (count === 2) assert.equal(verdict, 'infected', form);
          else assert.ok(verdict !== 'clean' && reasons.length > 0, form);
        }
    }
  });

  test('LM-11b: an end that promises a member and leads to no list does not hide the members', async () => {
    const head = zipHead('evil.lz', evil);
    const bytes = Buffer.concat([head, zipEnd(1, 0, head.length + 5)]);
    const [verdict, reasons] = await said(bytes);
    assert.equal(verdict, 'infected', reasons.join(' '));
    assert.equal(reasons.length > 0, true, 'that the list is missing is told');
  });

  test('LM-11b: a 64-bit end with data of its own is found behind other bytes', async () => {
    const [head, list] = [zipHead('evil.lz', evil), zipEntry('evil.lz', evil, 0)];
    for (const more of [0, 8, 3_000]) {
      const wide = zipWideEnd(1, list.length, head.length, more);
      const end = zipEnd(0xff_ff, 0xff_ff_ff_ff, 0xff_ff_ff_ff);
      const bytes = Buffer.concat([jpeg, head, list, wide, zipWideLocator(head.length + list.length), end]);
      assert.equal((await said(bytes))[0], 'infected', String(more));
    }
  });

  test('LM-11b: a locator in the comment of the last entry does not hide a member', async () => {
    for (const front of Object.values(FRONTS)) {
      const { other, members, list } = twoLists(front, 0);
      const locator = zipWideLocator(other.listAt + other.list.length);
      const counted = Buffer.concat([list, locator]);
      // The length of its comment.
      counted.writeUInt16LE(locator.length, list.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 32);
      const bytes = Buffer.concat([members, counted, zipEnd(2, counted.length, members.length)]);
      assert.equal((await said(bytes))[0], 'infected');
    }
  });

  test('LM-11b: two lists, one by its length and one by its offset, are told', async () => {
    const [one, other] = [zipHead('a.txt', clean), zipHead('evil.lz', evil)];
    const evilAt = jpeg.length + one.length;
    const byOffset = zipEntry('evil.lz', evil, evilAt);
    const listAt = evilAt + other.length;
    const shift = byOffset.length;
    const byLength = zipEntry('a.txt', clean, jpeg.length - shift);
    const bytes = Buffer.concat([jpeg, one, other, byOffset, byLength, zipEnd(1, byLength.length, listAt)]);
    const [verdict, reasons] = await said(bytes);
    assert.notEqual(verdict, 'clean');
    assert.ok(reasons.includes('structure-ambiguous'), reasons.join(' '));
  });

  test('LM-11b: so is a list that stands before its members', async () => {
    const evilAt = zipEntry('evil.lz', evil, 0).length;
    const list = zipEntry('evil.lz', evil, evilAt);
    const head = zipHead('evil.lz', evil);
    assert.notEqual(
      (await said(Buffer.concat([jpeg.subarray(0, 0), list, head, zipEnd(1, list.length, 0)])))[0],
      'clean',
    );
  });

  test('LM-11b: a RAR between the end of a zip and its list, which stands in the end’s comment, is found', async () => {
    const [head, list, rar] = [
      zipHead('a.txt', clean),
      zipEntry('a.txt', clean, 0),
      makeRar5([{ name: 'in.lz', content: evil }]),
    ];
    const end = zipEnd(1, list.length, head.length + 22 + rar.length, Buffer.concat([rar, list]));
    assert.equal((await said(Buffer.concat([head, end])))[0], 'infected');
  });

  test('LM-11b: an archive that a cut or damaged zip stores is opened once, and what stands behind its members is found', async () => {
    const archives = {
      rar: makeRar5([{ name: 'in.lz', content: evil }]),
      '7z': pack7z(scanner.directory, [
        { files: [{ name: 'in.lz', content: marker.atEndOf(3_000) }], switches: ['-m0=PPMd'] },
      ]),
    };
    for (const [form, content] of Object.entries(archives)) {
      const zip = makeZip([
        { name: 'a.txt', content: clean },
        { name: 'inner', content, method: 0 },
        { name: 'b.txt', content: clean },
      ]);
      const listAt = zip.indexOf('PK\x01\x02', 0, 'latin1');
      const damaged = Buffer.from(zip);
      damaged.writeUInt8(0, listAt);
      for (const bytes of [zip.subarray(0, -50), zip.subarray(0, -10), damaged]) {
        const { threats, unscanned, coverage } = await scanner.scanBytes(bytes);
        assert.deepEqual(
          [threats.map(({ layers }) => layers.join('/')), unscanned.map(({ reason }) => reason), coverage.all],
          [['inner/in.lz'], ['corrupted'], 4],
          form,
        );
      }
      const plain = makeZip([{ name: 'a.txt', content: clean, method: 0 }]);
      const behind = Buffer.concat([plain.subarray(0, plain.indexOf('PK\x01\x02', 0, 'latin1')), content]);
      assert.deepEqual(await said(behind), ['infected', ['corrupted']], `${form} behind the members`);
    }
  });

  test('an honest zip whose last member is a stored zip has no row, alone and behind a picture', async () => {
    const inner = Buffer.concat([zipHead('b.txt', clean), zipEntry('b.txt', clean, 0)]);
    const innerZip = Buffer.concat([
      inner,
      zipEnd(1, inner.length - zipHead('b.txt', clean).length, zipHead('b.txt', clean).length),
    ]);
    for (const front of Object.values(FRONTS)) {
      const head = zipHead('in.zip', innerZip);
      const list = zipEntry('in.zip', innerZip, 0);
      const bytes = Buffer.concat([front, head, list, zipEnd(1, list.length, head.length)]);
      assert.deepEqual(await said(bytes), ['clean', []]);
    }
  });
});
