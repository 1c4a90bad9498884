// SPDX-License-Identifier: Apache-2.0
// ISO 9660 images by our own reader: every way in which a file and its name can stand in one.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { makeMarker } from '@lazaret/testkit';
import { isoImage, isoRecord } from './iso-images.ts';
import { startTestScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Iso');
const files = { 'test.ndb': marker.signature };
const DEEP = 'a/b/c/d/e/f/g/h/i/j/deep.txt';
const LONG = `${'long name '.repeat(20)}.txt`;

/** By genisoimage, out of these names, each with the marker in it. */
async function placesIn(scanner: TestScanner, names: readonly string[], ...switches: string[]): Promise<string[]> {
  const place = join(scanner.directory, switches.join(''));
  for (const name of names) {
    mkdirSync(dirname(join(place, 'in', name)), { recursive: true });
    writeFileSync(join(place, 'in', name), Buffer.concat([Buffer.from(name), marker.atEndOf(3_000)]));
  }
  execFileSync('genisoimage', ['-quiet', ...switches, '-o', 'out.iso', 'in'], { cwd: place, stdio: 'ignore' });
  const answer = await scanner.scanFile(join(place, 'out.iso'));
  assert.deepEqual(answer.unscanned, []);
  return answer.threats.map(({ layers }) => layers.join(' > ')).toSorted((left, right) => (left < right ? -1 : 1));
}

const sorted = (names: readonly string[]): string[] => [...names].toSorted((left, right) => (left < right ? -1 : 1));

test('Rock Ridge: long names, and folders so deep that they are moved, by their true places', async (context) => {
  const scanner = await startTestScanner(context, files);
  const names = ['one.txt', 'folder/two.txt', LONG, DEEP];
  assert.deepEqual(await placesIn(scanner, names, '-R'), sorted(names));
  assert.deepEqual(await placesIn(scanner, names, '-R', '-J', '-joliet-long'), sorted(names));
});

test('Joliet without Rock Ridge: its names, each file once', async (context) => {
  const scanner = await startTestScanner(context, files);
  const names = ['one file.txt', 'folder/zwei äöü 文.txt'];
  assert.deepEqual(await placesIn(scanner, names, '-J', '-input-charset', 'utf-8'), sorted(names));
});

test('plain names without their versions', async (context) => {
  const scanner = await startTestScanner(context, files);
  assert.deepEqual(await placesIn(scanner, ['one.txt', 'folder/two.txt']), ['FOLDER/TWO.TXT', 'ONE.TXT']);
});

const RIDGE = Buffer.from('SP\x07\x01\xbe\xef\x00', 'latin1');

/** One file of three zisofs blocks, the first of them nothing but zeros. */
function zisofs(content: Buffer): Buffer {
  const blockBytes = 32_768;
  const head = Buffer.alloc(16);
  Buffer.from('37e45396c9dbd607', 'hex').copy(head);
  head.writeUInt32LE(content.length, 8);
  head.writeUInt8(4, 12);
  head.writeUInt8(15, 13);
  const blocks = Array.from({ length: Math.ceil(content.length / blockBytes) }, (_, index) => {
    const block = content.subarray(index * blockBytes, (index + 1) * blockBytes);
    return block.every((byte) => byte === 0) ? Buffer.alloc(0) : deflateSync(block);
  });
  const table = Buffer.alloc(4 * (blocks.length + 1));
  let at = head.length + table.length;
  [Buffer.alloc(0), ...blocks].forEach((block, index) => {
    at += block.length;
    table.writeUInt32LE(at, index * 4);
  });
  return Buffer.concat([head, table, ...blocks]);
}

function zisofsField(bytes: number): Buffer {
  const field = Buffer.alloc(16);
  field.write('ZF\x10\x01pz\x04\x0f', 'latin1');
  field.writeUInt32LE(bytes, 8);
  field.writeUInt32BE(bytes, 12);
  return field;
}

test('a file packed by zisofs is unpacked; a damaged one is corrupted', async (context) => {
  const scanner = await startTestScanner(context, files);
  const content = Buffer.concat([Buffer.alloc(32_768), marker.atEndOf(50_000)]);
  const packed = zisofs(content);
  const image = (bytes: Buffer): Buffer => {
    const place = { block: 19, bytes: bytes.length };
    return isoImage([{ records: [isoRecord('Z.TXT;1', place, zisofsField(content.length))] }], bytes, RIDGE);
  };
  const answer = await scanner.scanBytes(image(packed));
  assert.deepEqual([answer.threats.map(({ layers }) => layers), answer.unscanned], [[['Z.TXT']], []]);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 40);
  assert.deepEqual(
    (await scanner.scanBytes(image(damaged))).unscanned.map(({ reason, layers }) => [reason, layers]),
    [['corrupted', ['Z.TXT']]],
  );
});

test('a file in two extents is one file; two that begin alike and go on differently are two', async (context) => {
  const scanner = await startTestScanner(context, files);
  const half = Buffer.alloc(2_048, 'x');
  const [begin, end] = [Buffer.from(marker.text).subarray(0, 12), Buffer.from(marker.text).subarray(12)];
  begin.copy(half, half.length - begin.length);
  const [hit, miss] = [Buffer.alloc(2_048, 'y'), Buffer.alloc(2_048, 'z')];
  end.copy(hit);
  const two = (name: string, second: number): Buffer[] => [
    isoRecord(name, { block: 19, bytes: 2_048, more: true }),
    isoRecord(name, { block: second, bytes: 2_048 }),
  ];
  // In the image itself the halves do not follow each other.
  const content = Buffer.concat([half, miss, hit]);
  const answer = await scanner.scanBytes(isoImage([{ records: [...two('MISS', 20), ...two('HIT', 21)] }], content));
  assert.deepEqual(
    answer.threats.map(({ layers }) => layers),
    [['HIT']],
  );
  assert.deepEqual([answer.unscanned, answer.coverage], [[], { lookedAt: 3, all: 3 }]);
});

test('two trees that count in blocks of different size: a number that both use hides nothing of the second one', async (context) => {
  const scanner = await startTestScanner(context, files);
  const content = marker.atEndOf(3_000);
  const image = isoImage([{ records: [isoRecord('A.TXT;1', { block: 19, bytes: content.length })] }], content);
  const [sector, small, root] = [17 * 2_048, 512, 18];
  image.fill(0, sector, sector + 2_048);
  image.write('\x02CD001\x01', sector, 'latin1');
  image.write('%/E', sector + 88, 'latin1');
  image.writeUInt16LE(small, sector + 128);
  const self = isoRecord(Buffer.from([0]), { block: root, bytes: small, folder: true });
  self.copy(image, sector + 156);
  self.copy(image, root * small);
  const path = join(scanner.directory, 'two.iso');
  writeFileSync(path, image);
  const answer = await scanner.scanFile(path);
  assert.deepEqual(answer.unscanned, []);
  assert.deepEqual(
    answer.threats.map(({ layers }) => layers.join(' > ')),
    ['A.TXT'],
  );
});
