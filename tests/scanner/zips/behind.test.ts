// SPDX-License-Identifier: Apache-2.0
// A zip is known by its end: whatever stands before it, every reader of zip opens it.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import {
  makeMail,
  makeMarker,
  makeOdf,
  makePdf,
  makePdfWithStream,
  makeRar4,
  makeRar5,
  makeTar,
  makeZip,
  nestZip,
  pack7z,
  packLzip,
  packZipCrypto,
  seededRandom,
  testSeed,
} from '@lazaret/testkit';
import { jpeg, program } from './fronts.ts';
import { zipEnd } from './odd-zips.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Behind', seededRandom(testSeed));

const FRONTS: Readonly<Record<string, Buffer>> = {
  picture: jpeg,
  text: Buffer.from('a harmless text\n'.repeat(20)),
  'program of DOS': Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600, 1)]),
  'program whose section ends behind the file': program(0x40_00_00_00),
  PDF: makePdf({ text: 'harmless' }),
};

describe('a zip behind something else', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  test('LM-11b: is opened as any other, alone, in a tar, and with bytes behind it', async () => {
    const files = [{ name: 'evil.txt', content: marker.atEndOf(3_000) }];
    // By LZMA, which the engine does not unpack in a zip.
    const zip = pack7z(scanner.directory, [{ files, switches: ['-tzip', '-mm=LZMA'] }]);
    for (const [front, before] of Object.entries(FRONTS)) {
      const bytes = Buffer.concat([before, zip]);
      const path = join(scanner.directory, 'behind.zip');
      writeFileSync(path, bytes);
      const [name] =
        execFileSync('7z', ['l', '-ba', '-slt', '-tzip', path], { encoding: 'utf8' }).match(/evil\.txt/u) ?? [];
      assert.equal(name, 'evil.txt', 'another reader opens it');
      for (const file of [
        bytes,
        Buffer.concat([bytes, Buffer.alloc(40_000)]),
        makeTar([{ name: 'in', content: bytes }]),
      ]) {
        const answer = await scanner.scanBytes(file);
        assert.deepEqual([answer.verdict, answer.unscanned], ['infected', []], `${front}: ${JSON.stringify(answer)}`);
      }
    }
  });

  test('LM-11b: so is a RAR or a 7z, which their readers look for', async () => {
    const file = { name: 'evil.txt', content: marker.atEndOf(3_000) };
    const stored = { name: 'evil.lz', content: packLzip(file.content) };
    const archives = {
      rar4: makeRar4([stored]),
      rar5: makeRar5([stored]),
      '7z': pack7z(scanner.directory, [{ files: [file], switches: ['-m0=PPMd'] }]),
    };
    for (const [format, archive] of Object.entries(archives))
      for (const [front, before] of Object.entries(FRONTS)) {
        const { verdict, unscanned } = await scanner.scanBytes(Buffer.concat([before, archive]));
        assert.deepEqual([verdict, unscanned], ['infected', []], `${format} behind a ${front}`);
      }
  });

  test('LM-11b: marks of RAR and 7z that no archive follows are no archive', async () => {
    for (const mark of ['Rar!\x1a\x07\0', 'Rar!\x1a\x07\x01\0', '7z\xbc\xaf\x27\x1c']) {
      const bytes = Buffer.concat([jpeg, Buffer.from(mark, 'latin1'), Buffer.alloc(300, 'a program that knows it')]);
      const { verdict } = await scanner.scanBytes(bytes);
      assert.equal(verdict, 'clean');
    }
  });

  test('LM-1a: what is encrypted in it is named', async () => {
    const zip = packZipCrypto(scanner.directory, [{ name: 'secret.txt', content: marker.atEndOf(400) }], []);
    for (const [front, before] of Object.entries(FRONTS)) {
      const { verdict, unscanned } = await scanner.scanBytes(Buffer.concat([before, zip]));
      assert.deepEqual(
        [verdict, unscanned.map(({ reason, layers }) => `${reason} ${layers.join('/')}`)],
        ['partly', ['encrypted secret.txt']],
        front,
      );
    }
  });

  test('LM-11b: a mail before a zip is read as a mail, too', async () => {
    const [harmless, evil] = [Buffer.from('harmless\n'), packLzip(marker.atEndOf(2_000))];
    const zipOf = (content: Buffer): Buffer =>
      pack7z(scanner.directory, [{ files: [{ name: 'a.txt', content }], switches: ['-tzip', '-mm=LZMA'] }]);
    const mailOf = (content: Buffer): Buffer => makeMail({ name: 'a.lz', content });
    for (const [mail, zip] of [
      [mailOf(evil), zipOf(harmless)],
      [mailOf(harmless), zipOf(evil)],
    ] as const)
      assert.equal((await scanner.scanBytes(Buffer.concat([mail, zip]))).verdict, 'infected');
  });

  const reasons = async (bytes: Buffer): Promise<unknown[]> => {
    const { verdict, unscanned } = await scanner.scanBytes(bytes);
    return [verdict, unscanned.map(({ reason, layers }) => [reason, ...layers].join(' '))];
  };

  test('LM-11b: marks of other ends behind its own do not hide it', async () => {
    const files = [{ name: 'evil.txt', content: marker.atEndOf(3_000) }];
    const zip = pack7z(scanner.directory, [{ files, switches: ['-tzip', '-mm=LZMA'] }]);
    const listed = Buffer.alloc(46);
    listed.write('PK\x01\x02', 'latin1');
    const ends = {
      'a mark alone': Buffer.from('PK\x05\x06', 'latin1'),
      'an empty archive': zipEnd(0, 0, 0),
      'a list that is none': zipEnd(1, 46, 7),
      'a list that leads to no member': Buffer.concat([listed, zipEnd(1, 46, 0)]),
      'a list that is longer than the file': zipEnd(1, 0x7f_ff_ff_ff, 0),
    };
    for (const [form, end] of Object.entries(ends))
      for (const [front, before] of Object.entries({ ...FRONTS, nothing: Buffer.alloc(0) })) {
        const { verdict } = await scanner.scanBytes(Buffer.concat([before, zip, end]));
        assert.equal(verdict, 'infected', `${form}, behind ${front}`);
      }
  });

  test('LM-11b: it is opened or told where its end does not follow its list', async () => {
    const files = [{ name: 'evil.txt', content: marker.atEndOf(3_000) }];
    const zip = pack7z(scanner.directory, [{ files, switches: ['-tzip', '-mm=LZMA'] }]);
    const list = zip.indexOf('PK\x01\x02', 0, 'latin1');
    const body = Buffer.from(zip.subarray(0, -22));
    body.writeUInt32LE(jpeg.length, list + 42);
    const spread = Buffer.concat([body, Buffer.alloc(100, 'x'), zipEnd(1, body.length - list, jpeg.length + list)]);
    const { verdict } = await scanner.scanBytes(Buffer.concat([jpeg, spread]));
    assert.notEqual(verdict, 'clean');
  });

  test('LM-11a: what is cut in a document before an archive is told as without the archive', async () => {
    const zip = makeZip([{ name: 'a.txt', content: Buffer.from('harmless\n') }]);
    const documents = {
      'a PDF with a large stream': makePdfWithStream(marker.atEndOf(31 * 1_048_576)),
      'a PDF with an archive in a stream': makePdfWithStream(nestZip(marker.atEndOf(200), 6)),
    };
    for (const [form, document] of Object.entries(documents)) {
      const alone = await reasons(document);
      assert.notEqual(alone[0], 'clean', form);
      assert.deepEqual(await reasons(Buffer.concat([document, zip])), alone, form);
    }
  });

  test('LM-2a: an ODF with a password is named, whatever stands before it', async () => {
    const locked = makeOdf({ text: 'locked', encrypted: true });
    assert.deepEqual(await reasons(Buffer.concat([jpeg, locked])), ['partly', ['password']]);
  });

  test('LM-11b: an archive behind a gzip stream is opened, whatever the file ends with', async () => {
    const harmless = Buffer.from('harmless\n'.repeat(400));
    const stream = gzipSync(harmless);
    const files = [{ name: 'evil.txt', content: marker.atEndOf(3_000) }];
    const trailer = stream.subarray(-8);
    assert.equal(trailer.readUInt32LE(0), crc32(harmless));
    const zip = pack7z(scanner.directory, [{ files, switches: ['-tzip', '-mm=LZMA'] }]);
    const withComment = Buffer.concat([zip, trailer]);
    withComment.writeUInt16LE(8, zip.length - 2);
    const behind = {
      zip,
      'a zip whose comment looks like the stream’s end': withComment,
      '7z': pack7z(scanner.directory, [{ files, switches: ['-m0=PPMd'] }]),
      rar: Buffer.concat([makeRar5([{ name: 'evil.lz', content: packLzip(marker.atEndOf(3_000)) }]), trailer]),
      'tar after zeros': Buffer.concat([
        Buffer.alloc(700),
        makeTar([{ name: 'evil.lz', content: packLzip(marker.atEndOf(3_000)) }]),
      ]),
    };
    for (const [form, archive] of Object.entries(behind))
      assert.equal((await scanner.scanBytes(Buffer.concat([stream, archive]))).verdict, 'infected', form);
    assert.equal((await scanner.scanBytes(Buffer.concat([stream, Buffer.from('a few words\n')]))).verdict, 'clean');
  });

  test('LM-11b: more marks of RAR or 7z than are looked at are told', async () => {
    const archives = {
      'Rar!\x1a\x07\x01\0': makeRar5([{ name: 'evil.lz', content: packLzip(marker.atEndOf(3_000)) }]),
      '7z\xbc\xaf\x27\x1c': pack7z(scanner.directory, [
        { files: [{ name: 'evil.txt', content: marker.atEndOf(3_000) }], switches: ['-m0=PPMd'] },
      ]),
    };
    for (const [mark, archive] of Object.entries(archives)) {
      const marks = Buffer.concat(Array.from({ length: 17 }, () => Buffer.from(`${mark}no archive`, 'latin1')));
      assert.deepEqual(await reasons(Buffer.concat([jpeg, marks, archive])), ['partly', ['structure-ambiguous']]);
      assert.equal(
        (await scanner.scanBytes(Buffer.concat([jpeg, marks.subarray(0, marks.length / 2), archive]))).verdict,
        'infected',
      );
    }
  });
});
