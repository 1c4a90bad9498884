// SPDX-License-Identifier: Apache-2.0
// Several archives in one file: each format has readers that find their own.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import {
  compressBy,
  makeCab,
  makeCpio,
  makeMarker,
  makeOdf,
  makeRar5,
  makeTar,
  makeZip,
  noise,
  pack7z,
  packLzip,
  seededRandom,
  testSeed,
} from '@lazaret/testkit';
import { jpeg, program } from './fronts.ts';
import { layerFormats } from '../archives/layers.ts';
import { zipEnd, zipEntry, zipHead } from './odd-zips.ts';
import { SCHEDULED, suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Beside', seededRandom(testSeed));
const evil = packLzip(marker.atEndOf(3_000));
const clean = Buffer.from('nothing of interest stands here\n');
const harmless = Buffer.from('harmless\n'.repeat(600));

function skippable(): Buffer {
  const out = Buffer.alloc(13, 'skip');
  out.writeUInt32LE(0x18_4d_2a_50, 0);
  out.writeUInt32LE(5, 4);
  return out;
}

describe('several archives in one file', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));
  const zipOf = (content: Buffer, encryptedFlag = false): Buffer =>
    makeZip([{ name: 'in.lz', content, method: 0, encryptedFlag }]);
  const rarOf = (content: Buffer): Buffer => makeRar5([{ name: 'in.lz', content }]);
  const sevenOf = (content: Buffer): Buffer =>
    pack7z(scanner.directory, [{ files: [{ name: 'in.txt', content }], switches: ['-m0=PPMd'] }]);
  const asComment = (zip: Buffer, comment: Buffer): Buffer => {
    zip.writeUInt16LE(comment.length, zip.length - 2);
    return Buffer.concat([zip, comment]);
  };
  const betweenListAndEnd = (content: Buffer): Buffer => {
    const zip = zipOf(clean);
    return Buffer.concat([jpeg, zip.subarray(0, -22), content, zip.subarray(-22)]);
  };
  const leadingNowhere = (at: number): Buffer => {
    const list = Buffer.concat([zipEntry('x', clean, 0), zipEntry('a.txt', clean, at)]);
    const head = zipHead('a.txt', clean);
    return Buffer.concat([head, list, zipEnd(2, list.length, at + head.length)]);
  };
  const all = async (forms: Readonly<Record<string, Buffer>>): Promise<void> => {
    for (const [form, bytes] of Object.entries(forms)) {
      const { verdict, unscanned } = await scanner.scanBytes(bytes);
      assert.equal(verdict, 'infected', `${form}: ${JSON.stringify(unscanned)}`);
    }
  };

  test('LM-11b: a zip behind an archive or a stream of any format is opened', async () => {
    for (const [format, made] of Object.entries(layerFormats(scanner.directory))) {
      const front = made.wrap(format === 'compress' ? clean : harmless);
      assert.ok(front, format);
      const found = await scanner.scanBytes(Buffer.concat([front, zipOf(evil)]));
      assert.equal(found.verdict, 'infected', `${format}: ${JSON.stringify(found)}`);
      const named = await scanner.scanBytes(Buffer.concat([front, zipOf(evil, true)]));
      assert.ok(
        named.unscanned.some(({ reason, layers }) => reason === 'encrypted' && layers.at(-1) === 'in.lz'),
        format,
      );
    }
  });

  test('a zip that an archive stores at its end is opened once', async () => {
    const zip = makeZip([
      { name: 'large.txt', content: Buffer.alloc(1_048_576, 'x') },
      { name: 'stored.bin', content: noise(8_000, seededRandom(testSeed)), method: 0 },
    ]);
    const { tar, cpio, ar, iso, rar5, cab } = layerFormats(scanner.directory);
    for (const [name, format] of Object.entries({ tar, cpio, ar, iso, rar5, cab })) {
      const bytes = format?.wrap(zip);
      assert.ok(bytes, name);
      const { unscanned } = await scanner.scanBytes(bytes, { ...SCHEDULED, memberBytesMax: 1_048_576 });
      assert.deepEqual(
        unscanned.map(({ reason }) => reason),
        ['size'],
        name,
      );
    }
  });

  test('so is one that a stream or an archive holds in pieces, and one behind a program or a picture in an archive', async () => {
    const photo = noise(300_000, seededRandom(testSeed));
    const zip = makeZip([{ name: 'photo.jpg', content: photo, method: 0 }]);
    for (const [name, bytes] of Object.entries({
      gzip: gzipSync(zip),
      xz: compressBy('xz', zip),
      zstd: compressBy('zstd', zip, '-q'),
      '7z': pack7z(scanner.directory, [{ files: [{ name: 'a.zip', content: zip }], switches: [] }]),
    })) {
      const { verdict, unscanned, coverage } = await scanner.scanBytes(bytes);
      assert.deepEqual([verdict, unscanned, coverage.all], ['clean', [], 2], name);
    }
    for (const front of [program(512), jpeg]) {
      const inTar = await scanner.scanBytes(
        makeTar([{ name: 'a', content: Buffer.concat([front, zipOf(evil, true)]) }]),
      );
      assert.deepEqual(
        inTar.unscanned.map(({ layers }) => layers.join('/')),
        ['a/in.lz'],
      );
    }
    let nested = makeZip([{ name: 'a.txt', content: clean }]);
    for (let depth = 0; depth < 6; depth++) {
      const tar = makeTar([{ name: 'a', content: Buffer.concat([jpeg, nested]) }]);
      nested = makeZip([{ name: 'a.tar', content: tar, method: 0 }]);
    }
    const { verdict, coverage } = await scanner.scanBytes(nested, { ...SCHEDULED, compressionLayersMax: 30 });
    assert.equal(verdict, 'clean');
    assert.ok(coverage.all < 40, JSON.stringify(coverage));
  });

  test('a document whose records cut a zip has no row of that zip', async () => {
    const zip = makeZip([1, 2, 3].map((number) => ({ name: `theme${number}.xml`, content: harmless, method: 0 })));
    const records: Buffer[] = [];
    for (let at = 0; at < zip.length; at += 1_000)
      records.push(Buffer.from('\x7f\x08\xe8\x03', 'latin1'), zip.subarray(at, at + 1_000));
    const { ole2 } = layerFormats(scanner.directory);
    const document = ole2?.wrap(Buffer.concat([Buffer.alloc(4_096), ...records]));
    assert.ok(document);
    const { verdict, unscanned } = await scanner.scanBytes(document);
    assert.deepEqual([verdict, unscanned], ['clean', []]);
  });

  test('LM-11b: RAR and 7z are found before and behind a zip or a 7z, in its comment, and behind marks of a zip', async () => {
    const [rar, seven] = [rarOf(evil), sevenOf(marker.atEndOf(3_000))];
    const marks = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), zipEnd(0, 0, 0)]);
    await all({
      'RAR between picture and zip': Buffer.concat([jpeg, rar, zipOf(clean)]),
      '7z between picture and zip': Buffer.concat([jpeg, seven, zipOf(clean)]),
      'RAR behind picture and zip': Buffer.concat([jpeg, zipOf(clean), rar]),
      'RAR behind picture and 7z': Buffer.concat([jpeg, sevenOf(clean), rar]),
      'RAR between picture and 7z': Buffer.concat([jpeg, rar, sevenOf(clean)]),
      'RAR behind a zip': Buffer.concat([zipOf(clean), rar]),
      'RAR behind a 7z': Buffer.concat([sevenOf(clean), rar]),
      'RAR as the comment of a zip': asComment(zipOf(clean), rar),
      '7z as the comment of a zip': asComment(zipOf(clean), seven),
      'RAR in a program, and marks of a zip': Buffer.concat([program(512), rar, marks]),
      '7z in a program, and a zip': Buffer.concat([program(512), seven, zipOf(clean)]),
      'RAR behind a script, and marks of a zip': Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), rar, marks]),
      'RAR between picture and a zip whose first entry leads to the beginning': Buffer.concat([
        jpeg,
        rar,
        leadingNowhere(jpeg.length + rar.length),
      ]),
      'RAR between a text that begins with PK and a zip': Buffer.concat([
        Buffer.from('PKs are keys.\n'),
        rar,
        zipOf(clean),
      ]),
      'a zip between a text that begins with PK and a zip': Buffer.concat([
        Buffer.from('PKs are keys.\n'),
        zipOf(evil),
        zipOf(clean),
      ]),
      'RAR between a program and a 7z': Buffer.concat([program(512), rar, sevenOf(clean)]),
      'RAR in a program, and a bare mark of a zip’s end': Buffer.concat([
        program(512),
        rar,
        Buffer.from('PK\x03\x04PK\x05\x06', 'latin1'),
      ]),
      'RAR between the list of a zip and its end': betweenListAndEnd(rar),
      'a zip before another, behind a picture': Buffer.concat([jpeg, zipOf(evil), zipOf(clean)]),
    });
  });

  test('LM-11b: what stands behind a gzip stream is looked at, though the file ends as the stream does', async () => {
    const stream = gzipSync(harmless);
    const trailer = stream.subarray(-8);
    const file = [{ name: 'in.lz', content: evil }];
    const behind = {
      tar: makeTar(file),
      cpio: makeCpio(file),
      cab: makeCab(file),
      lzip: evil,
      bzip2: compressBy('bzip2', evil),
    };
    await all(
      Object.fromEntries(
        Object.entries(behind).map(([name, bytes]) => [name, Buffer.concat([stream, bytes, trailer])]),
      ),
    );
    const xz = await scanner.scanBytes(Buffer.concat([stream, compressBy('xz', evil), trailer]));
    assert.notEqual(xz.verdict, 'clean');
    const zeros = await scanner.scanBytes(Buffer.concat([stream, Buffer.alloc(3_000)]));
    assert.deepEqual([zeros.verdict, zeros.unscanned], ['clean', []]);
  });

  test('LM-11b: zstd passes over frames before other streams, too', async () => {
    const streams = { gzip: gzipSync(evil), xz: compressBy('xz', evil), lzma: compressBy('xz', evil, '--format=lzma') };
    await all(
      Object.fromEntries(Object.entries(streams).map(([name, bytes]) => [name, Buffer.concat([skippable(), bytes])])),
    );
  });

  test('LM-2a: an ODF with a password is named, whatever its order, its manifest’s length and what stands before it', async () => {
    const manifest = (before: string, coding = 'utf8') =>
      Buffer.from(`<?xml version="1.0"?>${before}<manifest><encryption-data/></manifest>`, coding as BufferEncoding);
    const odf = (content: Buffer): Buffer =>
      makeZip([
        { name: 'content.xml', content: harmless },
        { name: 'mimetype', content: Buffer.from('application/vnd.oasis.opendocument.text'), method: 0 },
        { name: 'META-INF/manifest.xml', content },
      ]);
    const forms: Readonly<Record<string, readonly [Buffer, string]>> = {
      'behind a text that begins with PK': [
        Buffer.concat([Buffer.from('PKs are primary keys.\n'), makeOdf({ text: 'locked', encrypted: true })]),
        'password',
      ],
      'mimetype not at the beginning': [odf(manifest('')), 'password'],
      'a long manifest': [odf(manifest(`<!--${'x'.repeat(2_000_000)}-->`)), 'password'],
      'a manifest that is longer than is read': [
        odf(manifest(`<!--${'x'.repeat(9_000_000)}-->`)),
        'structure-ambiguous',
      ],
      'a manifest in UTF-16': [odf(manifest('', 'utf16le')), 'structure-ambiguous'],
    };
    for (const [form, [bytes, reason]] of Object.entries(forms)) {
      const { verdict, unscanned } = await scanner.scanBytes(bytes);
      assert.deepEqual([verdict, unscanned.map((row) => row.reason)], ['partly', [reason]], form);
    }
    const open = await scanner.scanBytes(makeOdf({ text: 'open', encrypted: false }));
    assert.deepEqual([open.verdict, open.unscanned], ['clean', []]);
  });

  test('a member that is too large is told once behind a picture, whatever its name', async () => {
    for (const name of ['large.txt', 'ü/größe.txt', '../up.txt', 'a\\b.txt', 'n'.repeat(300)]) {
      const zip = makeZip([{ name, content: Buffer.alloc(31 * 1_048_576, 'x') }]);
      const { unscanned, coverage } = await scanner.scanBytes(Buffer.concat([jpeg, zip]));
      assert.deepEqual([unscanned.map(({ reason }) => reason), coverage], [['size'], { lookedAt: 1, all: 2 }], name);
    }
  });

  test('LM-11b: a zip with up to 60,000 bytes behind it is opened as without them', async () => {
    for (const bytes of [2_000, 17_000, 60_000])
      for (const front of [Buffer.alloc(0), program(512), jpeg]) {
        const behind = Buffer.alloc(bytes, 5);
        assert.equal((await scanner.scanBytes(Buffer.concat([front, zipOf(evil), behind]))).verdict, 'infected');
        const { verdict, unscanned } = await scanner.scanBytes(Buffer.concat([front, zipOf(clean), behind]));
        assert.deepEqual([verdict, unscanned], ['clean', []], `${front.length} ${bytes}`);
      }
  });

  test('many leaves by Deflate64 are no more than the same by Deflate', async () => {
    const files = Array.from({ length: 10 }, (_, index) => ({
      name: `f${index}`,
      content: Buffer.alloc(28 * 1_048_576, `text number ${index}\n`),
    }));
    const zip = pack7z(scanner.directory, [{ files, switches: ['-tzip', '-mm=Deflate64'] }]);
    const { verdict, unscanned } = await scanner.scanBytes(zip);
    assert.deepEqual([verdict, unscanned], ['clean', []]);
  });
});
