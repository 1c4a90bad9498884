// SPDX-License-Identifier: Apache-2.0
// A zip is known by its end: whatever stands before it, every reader of zip opens it.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeMail,
  makeMarker,
  makePdf,
  makeRar4,
  makeRar5,
  makeTar,
  pack7z,
  packLzip,
  packZipCrypto,
  seededRandom,
  testSeed,
} from '@lazaret/testkit';
import { suiteScanner, type TestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.Behind', seededRandom(testSeed));
const jpeg = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  Buffer.alloc(900, 7),
  Buffer.from('ffd9', 'hex'),
]);

/** A Windows program one of whose sections ends far behind the file. */
function endlessProgram(): Buffer {
  const program = Buffer.alloc(1_024);
  program.write('MZ');
  program.writeUInt32LE(64, 60);
  program.write('PE\0\0', 64, 'latin1');
  program.writeUInt16LE(1, 70);
  program.write('.text', 88);
  program.writeUInt32LE(0x40_00_00_00, 104);
  program.writeUInt32LE(512, 108);
  return program;
}

const FRONTS: Readonly<Record<string, Buffer>> = {
  picture: jpeg,
  text: Buffer.from('a harmless text\n'.repeat(20)),
  'program of DOS': Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600, 1)]),
  'program whose section ends behind the file': endlessProgram(),
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
});
