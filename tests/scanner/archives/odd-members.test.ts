// SPDX-License-Identifier: Apache-2.0
// Members whose heads call them a pipe, a device, a folder or a second name of a file, and that hold bytes all the same: what unpacks them writes a file.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressBy, makeCpio, makeMarker, makeTar, pack7z, type PackedFile } from '@lazaret/testkit';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.OddMembers');
const content = marker.atEndOf(900);
const file: PackedFile = { name: 'odd.txt', content };

const MODES: Readonly<Record<string, number>> = {
  pipe: 0o010_644,
  character: 0o020_644,
  folder: 0o040_755,
  block: 0o060_644,
  link: 0o120_777,
  socket: 0o140_755,
};

/** By LZMA, which the engine does not unpack: only the walker finds what is in it. */
function zipOfMode(directory: string, mode: number): Buffer {
  const zip = pack7z(directory, [{ files: [file], switches: ['-tzip', '-mm=LZMA'] }]);
  const entry = zip.indexOf('PK\x01\x02', 0, 'latin1');
  zip.writeUInt8(3, entry + 5); // made by Unix
  zip.writeUInt16LE(mode, entry + 40);
  return zip;
}

/** What 7z makes of its standard input: a member of the kind that the input was. */
function sevenZipOfPipe(directory: string, ending: string, ...switches: string[]): Buffer {
  const path = join(directory, `pipe-${switches.join('')}.${ending}`);
  execFileSync('7z', ['a', `-t${ending}`, '-siodd.txt', ...switches, path], { input: content, stdio: 'pipe' });
  return readFileSync(path);
}

function tarOfType(type: string): Buffer {
  const tar = makeTar([file]);
  tar.write(type, 156);
  tar.write('first.txt', 157);
  tar.write('        ', 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
}

/** Two names of one file, as cpio writes them: the bytes stand with the last. */
function cpioOfTwoNames(): Buffer {
  const cpio = makeCpio([{ name: 'first.txt', content: Buffer.alloc(0) }, file]);
  const second = cpio.indexOf('070701', 6, 'latin1');
  for (const at of [0, second]) {
    cpio.write('00000007', at + 6);
    cpio.write('00000002', at + 38);
  }
  return cpio;
}

describe('members that say that they hold nothing', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  async function isFound(archive: Buffer, what: string): Promise<void> {
    const answer = await scanner.scanBytes(archive);
    assert.deepEqual(
      answer.threats.map(({ layers }) => layers.at(-1)),
      ['odd.txt'],
      `${what}: ${JSON.stringify(answer)}`,
    );
    assert.deepEqual(answer.unscanned, [], what);
    assert.ok(answer.coverage.all >= 2, what);
  }

  for (const [kind, mode] of Object.entries(MODES))
    test(`LM-11b: a ${kind} that holds bytes, in a zip, is looked at or named`, async () => {
      const answer = await scanner.scanBytes(zipOfMode(scanner.directory, mode));
      const said = answer.verdict === 'infected' || answer.unscanned[0]?.reason === 'unsupported-compression';
      assert.ok(said, JSON.stringify(answer));
    });

  test('LM-11b: what 7z packs from a pipe is looked at', async () => {
    for (const method of ['LZMA2', 'PPMd', 'BZip2'])
      await isFound(sevenZipOfPipe(scanner.directory, '7z', `-m0=${method}`), method);
  });

  // GNU tar takes bytes of none of these for a member's, 7z those of a device and a pipe.
  test('LM-11b: a tar with bytes behind a device, a pipe, a folder or a second name is not whole', async () => {
    for (const type of ['1', '3', '4', '5', '6']) {
      const answer = await scanner.scanBytes(compressBy('zstd', tarOfType(type), '-q'));
      assert.deepEqual(
        answer.unscanned.map(({ reason }) => reason),
        ['corrupted'],
        `${type}: ${JSON.stringify(answer)}`,
      );
    }
    for (const type of ['7', 'Z']) await isFound(compressBy('zstd', tarOfType(type), '-q'), type);
  });

  test('LM-11b: a cpio’s second name of a file, which holds the bytes, is looked at', () =>
    isFound(compressBy('zstd', cpioOfTwoNames(), '-q'), 'cpio'));
});
