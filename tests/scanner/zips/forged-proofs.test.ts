// SPDX-License-Identifier: Apache-2.0
// What the engine read proves a member by check sum, length and name. All three are the packer's to choose: one member can be made to look like another.
import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { ScannerAnswer } from '@lazaret/contract';
import {
  makeMarker,
  makePdf,
  makeTar,
  makeWord,
  makeZip,
  pack7z,
  packLzip,
  packZipCrypto,
  seededRandom,
  testSeed,
} from '@lazaret/testkit';
import { withCheckSum } from '../archives/check-sums.ts';
import { zipEnd, zipEntry, zipHead } from './odd-zips.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.ForgedProofs', seededRandom(testSeed));
/** The engine does not unpack lzip: only the walker finds what is in it. */
const evil = packLzip(marker.atEndOf(4_000));
/** As long, with the same check sum, and nothing in it. */
const decoy = withCheckSum(Buffer.alloc(evil.length, 'a harmless text\n'), evil);
const clean = Buffer.from('nothing of interest stands here\n');

/** Takes the first entry out of the directory of a zip. */
function unlisted(zip: Buffer): Buffer {
  const begin = zip.indexOf('PK\x01\x02', 0, 'latin1');
  const length = 46 + zip.readUInt16LE(begin + 28);
  const out = Buffer.concat([zip.subarray(0, begin), zip.subarray(begin + length)]);
  const end = out.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  out.writeUInt16LE(zip.readUInt16LE(zip.length - 12) - 1, end + 8);
  out.writeUInt16LE(zip.readUInt16LE(zip.length - 12) - 1, end + 10);
  out.writeUInt32LE(out.readUInt32LE(end + 12) - length, end + 12);
  return out;
}

/** Tells that the last member is a link, as Unix stores one. */
function asLink(zip: Buffer): Buffer {
  const entry = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  zip.writeUInt8(3, entry + 5);
  zip.writeUInt16LE(0o120_777, entry + 40);
  return zip;
}

const stored = (name: string, content: Buffer) => ({ name, content, method: 0 });
/** A zip with one member. Its numbers count from so many bytes before it: the engine does not look there. */
function countedZip(name: string, content: Buffer, at: number): Buffer {
  const [head, list] = [zipHead(name, content), zipEntry(name, content, at)];
  return Buffer.concat([head, list, zipEnd(1, list.length, at + head.length)]);
}
const headOf = (zip: Buffer): Buffer => zip.subarray(0, zip.indexOf('PK\x01\x02', 0, 'latin1'));

describe('members that look like others', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));
  before(() => assert.equal(evil.includes(marker.text), false, 'the marker is packed'));

  const reasons = ({ unscanned }: ScannerAnswer): string[] =>
    unscanned.map(({ reason, layers }) => [reason, ...layers].join(' '));

  test('LM-11a: a member with the check sum and length of another is opened all the same', async () => {
    const forms: Record<string, Buffer> = {
      'the other before it': makeZip([
        { name: 'decoy.txt', content: decoy },
        { name: 'evil.lz', content: evil },
      ]),
      'the other behind it': makeZip([
        { name: 'evil.lz', content: evil },
        { name: 'decoy.txt', content: decoy },
      ]),
      'of the same name': makeZip([stored('x', decoy), stored('x', evil)]),
      'the other is not listed': unlisted(makeZip([stored('x', decoy), stored('x', evil)])),
      'the other stands where the list leads without what stands before it': Buffer.concat([
        headOf(makeZip([stored('x', decoy)])),
        makeZip([stored('x', evil)]),
      ]),
      'the other is in a zip behind its own': Buffer.concat([
        makeZip([stored('evil.lz', evil)]),
        countedZip('decoy.txt', decoy, makeZip([stored('evil.lz', evil)]).length),
      ]),
    };
    for (const [form, zip] of Object.entries(forms)) {
      const answer = await scanner.scanBytes(zip);
      assert.equal(answer.verdict, 'infected', `${form}: ${JSON.stringify(answer)}`);
    }
    // No reader of ours gets the bytes of what calls itself a folder.
    const folder = await scanner.scanBytes(makeZip([stored('decoy.txt', decoy), stored('evil/', evil)]));
    assert.deepEqual(reasons(folder), ['unsupported-compression evil/']);
  });

  test('LM-4a: a member of a method that nobody has is named, though another has its name, length and check sum', async () => {
    const unread = { name: 'x', content: clean, method: 1 };
    const forms: Record<string, Buffer> = {
      'in an archive beside it': makeZip([unread, { name: 'inner.zip', content: makeZip([stored('x', clean)]) }]),
      'beside it': makeZip([unread, stored('x', clean)]),
      'not listed': unlisted(makeZip([stored('x', clean), unread])),
      'in a zip behind its own': Buffer.concat([makeZip([unread]), countedZip('x', clean, makeZip([unread]).length)]),
      'in a tar, where no check sum is': makeZip([
        { ...unread, claimedCrc32: 0 },
        { name: 'inner.tar', content: makeTar([{ name: 'x', content: clean }]) },
      ]),
    };
    for (const [form, zip] of Object.entries(forms)) {
      const answer = await scanner.scanBytes(zip);
      assert.ok(reasons(answer).includes('unsupported-compression x'), `${form}: ${JSON.stringify(answer)}`);
    }
  });

  test('LM-11b: members of a zip that some readers find and the directory does not name are told', async () => {
    const harmless = stored('a.txt', clean);
    const first = makeZip([stored('evil.lz', evil)]);
    const second = makeZip([harmless]);
    first.writeUInt16LE(second.length, first.length - 2); // the second is the comment of the first
    const otherMethod = makeZip([{ name: 'a.txt', content: clean }]);
    otherMethod.writeUInt16LE(0, 8);
    const forms: Record<string, Buffer> = {
      'before the others': unlisted(makeZip([stored('evil.lz', evil), harmless])),
      'behind an end': Buffer.concat([first, second]),
      'of another method by its head': otherMethod,
    };
    for (const [form, zip] of Object.entries(forms)) {
      const answer = await scanner.scanBytes(zip);
      assert.ok(reasons(answer).includes('structure-ambiguous'), `${form}: ${JSON.stringify(answer)}`);
    }
  });

  test('LM-11b: an archive behind a link’s head is opened or named', async () => {
    const [secret] = [packZipCrypto(scanner.directory, [{ name: 'secret.txt', content: marker.atEndOf(400) }], [])];
    for (const content of [evil, secret]) {
      const answer = await scanner.scanBytes(asLink(makeZip([stored('link', content)])));
      assert.notEqual(answer.verdict, 'clean', JSON.stringify(answer));
    }
  });

  test('LM-11b: an archive that is a member of a method which the engine alone has is walked as any other', async () => {
    const packed = (name: string, content: Buffer): Buffer => {
      const zip = pack7z(scanner.directory, [{ files: [{ name, content }], switches: ['-tzip', '-mm=Deflate64'] }]);
      assert.equal(zip.readUInt16LE(8), 9, 'it is Deflate64');
      return zip;
    };
    const found = await scanner.scanBytes(packed('inner.tar', makeTar([{ name: 'evil.lz', content: evil }])));
    assert.deepEqual(
      [found.verdict, found.threats[0]?.layers, reasons(found)],
      ['infected', ['inner.tar', 'evil.lz'], []],
      JSON.stringify(found),
    );
    const secret = packZipCrypto(scanner.directory, [{ name: 'secret.txt', content: marker.atEndOf(400) }], []);
    const padded = makeTar([{ name: 'secret.zip', content: secret }]);
    const named = await scanner.scanBytes(packed('inner.tar', padded));
    assert.deepEqual(reasons(named), ['encrypted inner.tar secret.zip secret.txt'], JSON.stringify(named));
    assert.deepEqual(named.coverage, { lookedAt: 1, all: 2 });
    for (const document of [
      makePdf({ text: 'locked', userPassword: 'secret' }),
      makeWord({ text: 'locked', encrypted: true }),
    ])
      assert.deepEqual(reasons(await scanner.scanBytes(packed('locked', document))), ['password locked']);
    const plain = await scanner.scanBytes(packed('plain.txt', Buffer.alloc(4_000, clean)));
    assert.deepEqual([plain.verdict, plain.coverage], ['clean', { lookedAt: 2, all: 2 }]);
  });

  test('LM-11b: what some readers take for a second member of a gzip file is looked at, whatever the file ends with', async () => {
    const benign = withCheckSum(Buffer.alloc(evil.length, 'a harmless text\n'), evil);
    const withHeaderSum = gzipSync(evil);
    withHeaderSum.writeUInt8(2, 3); // a check sum of the head, which some readers do not look at
    const second = Buffer.concat([withHeaderSum.subarray(0, 10), Buffer.from([0, 0]), withHeaderSum.subarray(10)]);
    for (const gzip of [
      Buffer.concat([gzipSync(benign), Buffer.alloc(3), gzipSync(marker.atEndOf(4_000))]),
      Buffer.concat([gzipSync(benign), second]),
    ]) {
      const answer = await scanner.scanBytes(gzip);
      assert.notEqual(answer.verdict, 'clean', JSON.stringify(answer));
    }
  });
});
