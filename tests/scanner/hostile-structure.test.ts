// SPDX-License-Identifier: Apache-2.0
// Structure that leads in a circle or says everything many times: our parsers' work grows with the bytes, never with their product, and such a file costs
// no scan process. Work is counted in the parsers' own steps and in processor time, as ratios of one size to another.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, makeZip, packIso, temporaryDirectory, withinOnce } from '@lazaret/testkit';
import { isoImage, isoRecord, type IsoFolder } from './archives/iso-images.ts';
import { compoundFile, elfWith, pdfWith, rar5Blocks } from './hostile-files.ts';
import { zipEnd, zipWideLocator } from './zips/odd-zips.ts';
import { statusOf } from './process/scanner-status.ts';
import { SCHEDULED, startTestScanner, type TestScanner } from './test-scanner.ts';

const PROGRAM = join(import.meta.dirname, '../../.build/native/bin/parser-work');
const marker = makeMarker('Test.Structure');
const files = { 'test.ndb': marker.signature };

interface Cost {
  readonly steps: number;
  readonly cpuMicroseconds: number;
  readonly spent: boolean;
}

function costOf(parser: string, path: string): Cost {
  const ran = spawnSync(PROGRAM, [parser, path], { encoding: 'utf8' });
  assert.equal(ran.status, 0, `${parser}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Cost;
}

/** Four times the bytes: at most six times the steps, and not near the sixteen times of a square in time. Below so much, time is noise. */
const NOISE_MICROSECONDS = 3_000;

const MAIL_HEAD = 'From: a@example.test\nSubject: b\nContent-Type: multipart/mixed; boundary=a\n\n';
const MAILS: Readonly<Record<string, (at: number) => string>> = {
  'one boundary many times': () => '--a\n',
  'parts whose boundaries never end': (at) => `--a${at}\nContent-Type: a/b\n\nhello\n`,
  'coded parts whose boundaries never end': (at) => `--a${at}\nContent-Transfer-Encoding: base64\n\naGVsbG8K\n`,
  'boundaries that begin each other': (at) =>
    `--${'a'.repeat((at % 250) + 1)}\nContent-Transfer-Encoding: base64\n\naGVsbG8K\n`,
  'messages in messages': (at) =>
    `--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b${at}\n\n`,
  'heads ended by carriage returns': () => 'Content-Type: a\r\rhello\r',
  'heads that blanks end': () => 'Content-Type: a\n \n',
  'beginnings of uuencoded files': () => 'begin 644 a\n',
  'beginnings of yEnc': () => '=ybegin name=a\n',
  'runs of base64': () => `${'QUJD'.repeat(12)}\n\n!\n`,
  'base64 with ends in it': () => 'QUI=\n',
  'carriage returns alone': () => '\r\r\r\r',
  'mails of a mailbox': () => 'From a\nSubject: b\n\nhello\n\n',
};

/** Values of one header, whose names lead a careless reader to the end of it each time. */
const HEADERS: Readonly<Record<string, (names: number) => string>> = {
  'names that give no value': (names) => ' name'.repeat(names),
  'names before a value far off': (names) => `${' name'.repeat(names)}${' '.repeat(names)}=`,
  'names of nothing that blanks end': (names) => `${'; name*0=;'.repeat(names)}${' '.repeat(names)}`,
  'names whose character set never ends': (names) => `${' name*0*='.repeat(names)}''`,
};

const HOSTILE: readonly { readonly name: string; readonly parser: string; readonly make: (scale: number) => Buffer }[] =
  [
    { name: 'a PDF full of /Encrypt', parser: 'password', make: (scale) => pdfWith('/Encrypt 7 0 R ', scale * 20_000) },
    { name: 'a PDF of direct /Encrypt', parser: 'password', make: (scale) => pdfWith('/Encrypt<<', scale * 20_000) },
    {
      name: 'a PDF whose /Encrypt name other objects each time',
      parser: 'password',
      make: (scale) => pdfWith((index) => `/Encrypt ${(index % 4_000) + 1} 0 R `, scale * 10_000),
    },
    { name: 'an OLE2 file of roots', parser: 'password', make: (scale) => compoundFile(scale * 256, 'roots') },
    {
      name: 'an OLE2 file whose chains lead in circles',
      parser: 'password',
      make: (scale) => compoundFile(scale * 256, 'circle'),
    },
    { name: 'a RAR 5 whose sizes lead back', parser: 'rar5', make: (scale) => rar5Blocks(scale * 5_000) },
    { name: 'a program of tiny section entries', parser: 'identify', make: (scale) => elfWith(scale * 10_000) },
    { name: 'a ledger of one path many times', parser: 'ledger', make: (scale) => Buffer.alloc(scale * 40_000) },
    {
      name: 'a ledger of other paths each time',
      parser: 'ledger',
      make: (scale) => Buffer.from(Uint8Array.from({ length: scale * 40_000 }, (_, at) => (at * 2_654_435_761) >>> 13)),
    },
    ...Object.entries(MAILS).map(([name, line]) => ({
      name: `a mail of ${name}`,
      parser: 'mail',
      make: (scale: number) =>
        Buffer.from(MAIL_HEAD + Array.from({ length: scale * 1_000 }, (_, at) => line(at)).join('')),
    })),
    ...Object.entries(HEADERS).map(([name, value]) => ({
      name: `a mail with a header of ${name}`,
      parser: 'mail',
      make: (scale: number) => Buffer.from(`From: a\nTo: b\nContent-Type: x${value(scale * 2_000)}\n\nhello\n`),
    })),
    {
      name: 'an ISO of folders in folders',
      parser: 'iso',
      make: (scale) => isoImage(foldersOfFolders(scale * 40)),
    },
  ];

/** Folder n names folder n + 1 as often as it can: as a tree that would be 40 to the power of their number. */
function foldersOfFolders(count: number): IsoFolder[] {
  return Array.from({ length: count }, (_, index) => ({
    records: Array.from({ length: 40 }, (__, name) =>
      isoRecord(`D${name}`, { block: 18 + Math.min(index + 1, count - 1), bytes: 2_048, folder: true }),
    ),
  }));
}

for (const { name, parser, make } of HOSTILE) {
  test(`LM-10a: the work for ${name} grows with its bytes`, async (context) => {
    const directory = temporaryDirectory(context);
    const [one, four] = [join(directory, 'one'), join(directory, 'four')];
    writeFileSync(one, make(4));
    writeFileSync(four, make(16));
    const [before, after] = [costOf(parser, one).steps, costOf(parser, four).steps];
    assert.ok(after <= 6 * before + 1_000, `${before} → ${after} steps`);
    const timeOf = (path: string): number => Math.max(costOf(parser, path).cpuMicroseconds, NOISE_MICROSECONDS);
    await withinOnce(9, () => timeOf(four) / timeOf(one));
  });
}

test('LM-10a: records of 64 bits are searched for at a few of the marks that ask for it, however many there are', (context) => {
  const [directory, perSearch, searchesMax] = [temporaryDirectory(context), 4_096, 16];
  const ask = Buffer.concat([zipWideLocator(0x7f_ff_ff_ff), zipEnd(1, 0x7f_ff_ff_ff, 0)]);
  for (const [marks, searches] of [
    [0, 0],
    [1, 1],
    [16, searchesMax],
    [17, searchesMax],
    [1_500, searchesMax],
  ] as const) {
    const path = join(directory, String(marks));
    writeFileSync(path, Buffer.concat(Array.from({ length: marks }, () => ask)));
    assert.equal(costOf('zip', path).steps, searches * perSearch, String(marks));
  }
});

test('LM-10a: the first head of a zip is searched for once, however many ends ask for it', (context) => {
  const path = join(temporaryDirectory(context), 'ends');
  // Each says that the file begins with its archive, and that its list stands right before it.
  const ends = Array.from({ length: 2_000 }, (_, at) => zipEnd(1, 60, 10_000 + at * 22 - 60));
  const bytes = Buffer.concat([Buffer.alloc(10_000), ...ends]);
  writeFileSync(path, bytes);
  assert.equal(costOf('zip', path).steps, bytes.length);
});

/** By genisoimage, with a name so long that it needs a continuation; that one then says what `fields` says. */
function isoWithContinuation(directory: string, fields: (block: number, offset: number) => Buffer): Buffer {
  const image = Buffer.from(packIso(directory, [{ name: 'n'.repeat(240), content: Buffer.from('x') }]));
  const field = image.lastIndexOf(Buffer.from('CE\x1c\x01', 'latin1'));
  const [block, offset] = [image.readUInt32LE(field + 4), image.readUInt32LE(field + 12)];
  const body = fields(block, offset);
  body.copy(image, block * 2_048 + offset);
  image.writeUInt32LE(body.length, field + 20);
  return image;
}

function continuation(block: number, offset: number, bytes: number): Buffer {
  const field = Buffer.alloc(28);
  field.write('CE\x1c\x01', 'latin1');
  [block, offset, bytes].forEach((value, index) => {
    field.writeUInt32LE(value, 4 + index * 8);
    field.writeUInt32BE(value, 8 + index * 8);
  });
  return field;
}

const longName = Buffer.from(`NM\x0c\x01\x01${'n'.repeat(7)}`, 'latin1');

const CIRCLES: Readonly<Record<string, (directory: string) => Buffer>> = {
  'a continuation that leads to itself': (directory) =>
    isoWithContinuation(directory, (block, offset) => Buffer.concat([longName, continuation(block, offset, 40)])),
  'a continuation that goes on twice': (directory) =>
    isoWithContinuation(directory, (block, offset) =>
      Buffer.concat([continuation(block, offset, 56), continuation(block, offset, 56)]),
    ),
  'a continuation outside of the image': (directory) =>
    isoWithContinuation(directory, () => Buffer.concat([longName, continuation(1_000_000, 0, 40)])),
  'a folder that names itself': () =>
    isoImage([{ records: [isoRecord('SELF', { block: 18, bytes: 2_048, folder: true })] }]),
  'folders that name each other many times': () => isoImage(foldersOfFolders(25)),
};

async function deathsOf(scanner: TestScanner): Promise<number> {
  return (await statusOf(scanner)).workerDeaths;
}

for (const [name, make] of Object.entries(CIRCLES)) {
  test(`LM-10a, LM-3: an ISO image with ${name} is corrupted, and costs no scan process`, async (context) => {
    const scanner = await startTestScanner(context, files);
    const image = make(scanner.directory);
    const answer = await scanner.scanBytes(image);
    assert.deepEqual(
      answer.unscanned.map(({ reason, layers }) => [reason, layers]),
      [['corrupted', []]],
    );
    assert.equal(await deathsOf(scanner), 0);
    const path = join(scanner.directory, 'image');
    writeFileSync(path, image);
    assert.equal(costOf('iso', path).spent, false, 'not even its budget of steps was needed');
  });
}

test('LM-3: what an ISO image with a circle holds is scanned all the same', async (context) => {
  const scanner = await startTestScanner(context, files);
  const content = marker.atEndOf(3_000);
  const image = isoImage(
    [
      {
        records: [
          isoRecord('SELF', { block: 18, bytes: 2_048, folder: true }),
          isoRecord('FOUND.TXT;1', { block: 19, bytes: content.length }),
        ],
      },
    ],
    content,
  );
  const answer = await scanner.scanBytes(image);
  assert.equal(answer.verdict, 'infected');
  assert.ok(answer.threats.some(({ layers }) => layers[0] === 'FOUND.TXT'));
  assert.deepEqual(answer.coverage, { lookedAt: 1, all: 2 }, 'the file is looked at, the image is not whole');
});

test('LM-10a: thousands of files of an ISO image that share their bytes are read a few times, and it is said', async (context) => {
  const scanner = await startTestScanner(context, files);
  const shared = Buffer.alloc(400_000, 'x');
  const records = Array.from({ length: 40 }, (_, index) =>
    isoRecord(`F${index}`, { block: 19, bytes: shared.length - index }),
  );
  const answer = await scanner.scanBytes(isoImage([{ records }], shared));
  assert.deepEqual(
    answer.unscanned.map(({ reason, layers }) => [reason, layers]),
    [['corrupted', []]],
  );
  assert.ok(answer.coverage.lookedAt < 10, JSON.stringify(answer.coverage));
});

/** Processor time of the only worker until now, in clock ticks. */
async function workerTicks(scanner: TestScanner): Promise<number> {
  const { releases } = await statusOf(scanner);
  const stat = readFileSync(`/proc/${releases[0]?.workers[0]?.pid}/stat`, 'latin1');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

const NOISE_TICKS = 20;

test('LM-10a: thousands of copies of one detected member cost in proportion to their number, and all are named', async (context) => {
  const scanner = await startTestScanner(context, files, { workers: 1 });
  const ticksFor = async (count: number): Promise<number> => {
    const content = marker.atEndOf(200);
    const names = Array.from({ length: count }, (_, index) => `copy-${index}`);
    const before = await workerTicks(scanner);
    const answer = await scanner.scanBytes(makeZip(names.map((name) => ({ name, content }))), SCHEDULED);
    assert.equal(answer.threats.length, count);
    return (await workerTicks(scanner)) - before;
  };
  await withinOnce(8, async () => {
    const one = Math.max(await ticksFor(1_500), NOISE_TICKS);
    return (await ticksFor(6_000)) / one;
  });
});
