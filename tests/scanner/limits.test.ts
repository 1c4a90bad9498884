// SPDX-License-Identifier: Apache-2.0
// LM-5, LM-6, LM-7, LM-10 by the real scan process: samples with a random marker at the end of the member, a pattern of our own.
import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ScannerAnswer } from '@lazaret/contract';
import {
  fullSize,
  makeMail,
  makeMarker,
  makeTar,
  makeZip,
  nestTarGz,
  makePdfWithStream,
  nestZip,
  noise,
  seededRandom,
  testSeed,
  makeCompoundFile,
  withinOnce,
} from '@lazaret/testkit';
import { REQUEST, encodeProfile } from '../../packages/agent/src/engine/answers/wire.ts';
import { statusOf } from './process/scanner-status.ts';
import { REAL_TIME, SCHEDULED, suiteScanner, type TestScanner } from './test-scanner.ts';

const MIB = 1_048_576;
const marker = makeMarker('Test.Limits');
const clean = Buffer.from('nothing of interest stands here\n');

function assertFound(answer: ScannerAnswer, layers: readonly string[]): void {
  assert.equal(answer.verdict, 'infected', JSON.stringify(answer));
  assert.deepEqual(
    answer.threats.map((threat) => ({ name: threat.name, layers: threat.layers })),
    [{ name: marker.name, layers }],
  );
}

function assertUnscanned(answer: ScannerAnswer, rows: readonly { reason: string; layers: readonly string[] }[]): void {
  assert.deepEqual(
    answer.unscanned.map(({ reason, layers }) => ({ reason, layers })),
    rows,
  );
  assert.equal(answer.coverage.all - answer.coverage.lookedAt, rows.length, JSON.stringify(answer.coverage));
}

describe('limits of the scan', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));
  before(() => console.log(`seed: ${testSeed}`));

  test('LM-5a, LM-5d: zip in zip five deep is found, the sixth compression goes to the ledger', async () => {
    const five = await scanner.scanBytes(nestZip(marker.atEndOf(200), 5));
    assertFound(five, ['layer-4.zip', 'layer-3.zip', 'layer-2.zip', 'layer-1.zip', 'marker.txt']);
    assertUnscanned(five, []);
    const six = await scanner.scanBytes(nestZip(marker.atEndOf(200), 6));
    assert.equal(six.verdict, 'partly');
    assertUnscanned(six, [
      { reason: 'layers', layers: ['layer-5.zip', 'layer-4.zip', 'layer-3.zip', 'layer-2.zip', 'layer-1.zip'] },
    ]);
  });

  test('LM-5b: tar.gz counts one: four and five deep are found, six are not and it is said', async () => {
    for (const depth of [4, 5]) {
      const names = Array.from({ length: depth - 1 }, (_, index) => `layer-${depth - 1 - index}.tgz`);
      assertFound(await scanner.scanBytes(nestTarGz(marker.atEndOf(300), depth)), [...names, 'marker.txt']);
    }
    const six = await scanner.scanBytes(nestTarGz(marker.atEndOf(300), 6));
    assert.equal(six.verdict, 'partly');
    assert.deepEqual(
      six.unscanned.map((row) => row.reason),
      ['layers'],
    );
  });

  test('LM-5c: mail and OLE count none: five zips inside them are found', async () => {
    const nested = nestZip(marker.atEndOf(200), 5);
    const inMail = await scanner.scanBytes(makeMail({ name: 'five.zip', content: nested }));
    assert.equal(inMail.verdict, 'infected');
    assert.deepEqual(inMail.threats[0]?.layers, [
      'five.zip',
      'layer-4.zip',
      'layer-3.zip',
      'layer-2.zip',
      'layer-1.zip',
      'marker.txt',
    ]);
    assertUnscanned(inMail, []);
    const six = await scanner.scanBytes(makeMail({ name: 'six.zip', content: nestZip(marker.atEndOf(200), 6) }));
    assert.equal(six.verdict, 'partly', JSON.stringify(six));
    assert.deepEqual(
      six.unscanned.map((row) => row.reason),
      ['layers'],
    );
    const inOle = await scanner.scanBytes(makeCompoundFile([{ name: 'Contents', content: marker.atEndOf(5000) }]));
    assert.equal(inOle.verdict, 'infected');
  });

  test('LM-5c: streams of a PDF count none: what is packed in one is found in five zips, and so are five zips in one', async () => {
    const found = async (bytes: Buffer, profile = SCHEDULED): Promise<void> => {
      const { verdict, unscanned } = await scanner.scanBytes(bytes, profile);
      assert.deepEqual([verdict, unscanned], ['infected', []]);
    };
    const cut = async (bytes: Buffer): Promise<void> => {
      const { verdict, unscanned } = await scanner.scanBytes(bytes);
      assert.deepEqual([verdict, unscanned.map(({ reason }) => reason)], ['partly', ['layers']]);
    };
    const pdf = makePdfWithStream(marker.atEndOf(4_000));
    assert.equal(pdf.includes(marker.text), false, 'it is packed');
    await found(pdf);
    await found(nestZip(pdf, 5));
    await found(nestZip(pdf, 1), { ...SCHEDULED, compressionLayersMax: 1 });
    await cut(nestZip(pdf, 6));
    await found(makePdfWithStream(nestZip(marker.atEndOf(200), 5)));
    await cut(makePdfWithStream(nestZip(marker.atEndOf(200), 6)));
    await cut(nestZip(makePdfWithStream(nestZip(marker.atEndOf(200), 5)), 1));
  });

  test('LM-11a: what lies in a stream of a PDF is listed as in any archive: a member of 30 MB is told, with its place', async () => {
    const large = makeZip([{ name: 'large.txt', content: marker.atEndOf(30 * MIB) }]);
    const pdf = makeZip([{ name: 'a.pdf', content: makePdfWithStream(large) }]);
    const answer = await scanner.scanBytes(pdf);
    assert.equal(answer.verdict, 'partly');
    assertUnscanned(answer, [{ reason: 'size', layers: ['a.pdf', 'large.txt'] }]);
  });

  test('LM-11a: an archive in an address of HTML (data:) has its limits and is told, with or without zips around', async () => {
    const html = (content: Buffer): Buffer =>
      Buffer.from(
        `<html><body><a href="data:application/zip;base64,${content.toString('base64')}">x</a></body></html>`,
      );
    const five = await scanner.scanBytes(html(nestZip(marker.atEndOf(200), 5)));
    assert.equal(five.verdict, 'infected', JSON.stringify(five));
    for (const bytes of [html(nestZip(marker.atEndOf(200), 6)), nestZip(html(nestZip(marker.atEndOf(200), 1)), 5)]) {
      const answer = await scanner.scanBytes(bytes);
      assert.deepEqual([answer.verdict, answer.unscanned.map(({ reason }) => reason)], ['partly', ['layers']]);
    }
  });

  test('LM-11a: an archive in a stream of a PDF that is too large to be listed is told', async () => {
    // 257 MiB: more than is kept to be walked afterwards.
    const zeros = { name: 'zeros', content: Buffer.alloc(257 * MIB), method: 0 };
    const archive = makeZip([zeros, { name: 'secret.txt', content: clean, encryptedFlag: true }]);
    const answer = await scanner.scanBytes(makePdfWithStream(archive), {
      ...SCHEDULED,
      engineTimeMs: 60_000,
      walkTimeMs: 60_000,
    });
    assert.equal(answer.verdict, 'partly', JSON.stringify(answer));
    assert.ok(
      answer.unscanned.some(({ reason }) => reason === 'engine-limit'),
      JSON.stringify(answer.unscanned),
    );
  });

  test('LM-5e: the number of layers can be set from 1 to 30', async () => {
    const six = nestZip(marker.atEndOf(200), 6);
    assert.equal((await scanner.scanBytes(six, { ...SCHEDULED, compressionLayersMax: 6 })).verdict, 'infected');
    const one = await scanner.scanBytes(nestZip(marker.atEndOf(200), 2), { ...SCHEDULED, compressionLayersMax: 1 });
    assert.equal(one.verdict, 'partly');
    assertUnscanned(one, [{ reason: 'layers', layers: ['layer-1.zip'] }]);
    const thirty = await scanner.scanBytes(nestZip(marker.atEndOf(200), 30), {
      ...SCHEDULED,
      compressionLayersMax: 30,
      nestingMax: 60,
    });
    assert.equal(thirty.verdict, 'infected');
    assertUnscanned(thirty, []);
  });

  const sizeLimit = async (profile: typeof SCHEDULED, mebibytes: number): Promise<void> => {
    const under = mebibytes * MIB - 1;
    for (const pack of [
      (content: Buffer) => makeZip([{ name: 'big.txt', content }]),
      (content: Buffer) => makeTar([{ name: 'big.txt', content }]),
      (content: Buffer) => gzipSync(makeTar([{ name: 'big.txt', content }]), { level: 1 }),
    ]) {
      assertFound(await scanner.scanBytes(pack(marker.atEndOf(under)), profile), ['big.txt']);
      const whole = await scanner.scanBytes(pack(marker.atEndOf(under + 1)), profile);
      // A plain tar's own bytes are a plain file's: what a pattern finds there is found, the member is named all the same.
      assertUnscanned(whole, [{ reason: 'size', layers: ['big.txt'] }]);
      assert.equal(whole.coverage.all, 2);
      assert.notEqual(whole.verdict, 'clean');
    }
    const stream = await scanner.scanBytes(gzipSync(marker.atEndOf(under + 1), { level: 1 }), profile);
    assert.equal(stream.verdict, 'partly');
    assertUnscanned(stream, [{ reason: 'size', layers: [] }]);
    assert.deepEqual(stream.coverage, { lookedAt: 1, all: 2 });
  };

  test('LM-6a: in real-time a member one byte under 10 MB is found, one of exactly 10 MB is not, and it is said', () =>
    sizeLimit(REAL_TIME, 10));
  test('LM-7a: in scheduled and manual scans the same with 30 MB', () => sizeLimit(SCHEDULED, 30));

  test('LM-6a: the true bytes count, whatever the header says', async () => {
    const big = marker.atEndOf(10 * MIB);
    const small = await scanner.scanBytes(makeZip([{ name: 'lies.txt', content: big, claimedBytes: 10 }]), REAL_TIME);
    assert.notEqual(small.verdict, 'clean', JSON.stringify(small));
    assert.equal(small.unscanned.length, 1);
    const content = marker.atEndOf(500);
    const large = await scanner.scanBytes(makeZip([{ name: 'lies.txt', content, claimedBytes: 40 * MIB }]), REAL_TIME);
    assert.equal(large.verdict, 'infected', JSON.stringify(large));
  });

  test('LM-6b: a container is opened whatever its size, a small member behind a 40 MB one is found', async () => {
    const entries = [
      { name: 'large.bin', content: Buffer.alloc(40 * MIB, 'large ') },
      { name: 'small.txt', content: marker.atEndOf(300) },
    ];
    for (const archive of [makeZip(entries), gzipSync(makeTar(entries), { level: 1 })]) {
      const answer = await scanner.scanBytes(archive, REAL_TIME);
      assertFound(answer, ['small.txt']);
      assertUnscanned(answer, [{ reason: 'size', layers: ['large.bin'] }]);
    }
    const inner = makeZip([
      { name: 'marker.txt', content: marker.atEndOf(300) },
      { name: 'noise.bin', content: noise(12 * MIB, seededRandom(testSeed)), method: 0 },
    ]);
    const outer = await scanner.scanBytes(makeZip([{ name: 'inner.zip', content: inner }]), REAL_TIME);
    assertFound(outer, ['inner.zip', 'marker.txt']);
    assertUnscanned(outer, [{ reason: 'size', layers: ['inner.zip', 'noise.bin'] }]);
  });

  test("LM-6b: a 14 MB tar.gz with the marker in its last small member is found by real-time's rules", async () => {
    const random = seededRandom(testSeed);
    const filler = Array.from({ length: 7 }, (_, index) => ({
      name: `noise-${index}.bin`,
      content: noise(2 * MIB, random),
    }));
    const archive = gzipSync(makeTar([...filler, { name: 'last.txt', content: marker.atEndOf(300) }]), { level: 1 });
    assert.ok(archive.length > 14 * MIB);
    const answer = await scanner.scanBytes(archive, REAL_TIME);
    assertFound(answer, ['last.txt']);
    assertUnscanned(answer, []);
    assert.equal(answer.coverage.all, 9);
  });

  test('LM-6c: the size can be set', async () => {
    const archive = makeZip([{ name: 'member.txt', content: marker.atEndOf(1000) }]);
    assertUnscanned(await scanner.scanBytes(archive, { ...REAL_TIME, memberBytesMax: 1000 }), [
      { reason: 'size', layers: ['member.txt'] },
    ]);
    assertFound(await scanner.scanBytes(archive, { ...REAL_TIME, memberBytesMax: 1001 }), ['member.txt']);
    const refused = encodeProfile({ ...REAL_TIME, memberBytesMax: 0 }, new Map());
    await assert.rejects(scanner.session.ask(REQUEST.profile, { payload: refused }), {
      code: 'scanner.limit_out_of_range',
    });
  });

  test('LM-6d: a plain file of 40 MB is found, at its very end', async () => {
    const answer = await scanner.scanBytes(marker.atEndOf(40 * MIB), REAL_TIME);
    assertFound(answer, []);
    assert.equal(answer.bytes, 40 * MIB);
  });

  test('LM-10a: a sparse file of 20 GB costs no time and is named', async () => {
    const path = join(scanner.directory, 'sparse');
    const descriptor = openSync(path, 'w');
    ftruncateSync(descriptor, 20 * 1024 * MIB);
    closeSync(descriptor);
    const answer = await scanner.scanFile(path);
    assert.equal(answer.verdict, 'partly');
    assertUnscanned(answer, [{ reason: 'engine-limit', layers: [] }]);
    assert.equal(answer.unscanned[0]?.bytes, 20 * 1024 * MIB);
    assert.equal(answer.sha256, null);
    await withinOnce(5_000, async () => (await scanner.scanFile(path)).timeMs);
  });

  test('LM-0d: a FIFO and a device are named special, outside of all patterns', async () => {
    const fifo = join(scanner.directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, '/dev/null']) {
      const answer = await scanner.scanFile(path);
      assert.deepEqual(
        answer.unscanned.map(({ reason, layers }) => ({ reason, layers })),
        [{ reason: 'special', layers: [] }],
      );
      assert.equal(answer.sha256, null);
    }
  });

  test('LM-10a: a file that is cut short while it is read costs no worker', async () => {
    const path = join(scanner.directory, 'shrinking');
    for (let round = 0; round < 5; round++) {
      writeFileSync(path, Buffer.alloc(8 * MIB, `round ${round} of text that is cut away while it is read\n`));
      const scan = scanner.scanFile(path);
      truncateSync(path, 4096);
      const answer = await scan;
      assert.ok(answer.verdict === 'clean' || answer.unscanned[0]?.reason === 'changed', JSON.stringify(answer));
    }
    const { workerDeaths } = await statusOf(scanner);
    assert.equal(workerDeaths, 0);
  });

  test('LM-10a: more members than allowed are named, the others are scanned', async () => {
    const entries = Array.from({ length: 50 }, (_, index) => ({
      name: `member-${index}.txt`,
      content: index === 3 ? marker.atEndOf(100) : clean,
    }));
    const answer = await scanner.scanBytes(makeZip(entries), { ...SCHEDULED, membersMax: 20 });
    assert.equal(answer.verdict, 'infected');
    assertUnscanned(answer, [{ reason: 'engine-limit', layers: [] }]);
  });

  test('LM-10a: a zip bomb and overlapping entries end in bounded time, and it is said', async () => {
    const layer = (content: Buffer, name: string): Buffer =>
      makeZip(Array.from({ length: 16 }, (_, index) => ({ name: `${name}-${index}`, content })));
    let bomb = makeZip([{ name: 'zeros', content: Buffer.alloc(40 * MIB) }]);
    for (const name of ['c.zip', 'b.zip', 'a.zip']) bomb = layer(bomb, name);
    const answer = await scanner.scanBytes(bomb, { ...SCHEDULED, engineTimeMs: 4000, walkTimeMs: 4000 });
    assert.equal(answer.verdict, 'partly');
    assert.ok(answer.timeMs < 60_000, String(answer.timeMs));
    const content = Buffer.alloc(4 * MIB, 'the same data again and again ');
    const overlapping = makeZip([
      { name: 'first.txt', content },
      ...Array.from({ length: 200 }, (_, index) => ({ name: `again-${index}.txt`, content, sameDataAs: 0 })),
    ]);
    const same = await scanner.scanBytes(overlapping, { ...SCHEDULED, engineTimeMs: 4000, walkTimeMs: 4000 });
    assert.ok(same.timeMs < 60_000, String(same.timeMs));
    assert.equal(same.coverage.all - same.coverage.lookedAt, same.unscanned.length);
  });

  test('LM-10a: where time ends inside zips in a zip, it is told once for each', async () => {
    const large = Array.from({ length: 20 }, (_, index) => ({ name: `z${index}`, content: Buffer.alloc(8 * MIB) }));
    // A container: what the engine read proves the zip not whole, and all of it is unpacked once more.
    let zip = makeZip([...large, { name: 'a.tar', content: makeTar([{ name: 'a.txt', content: clean }]) }]);
    for (const name of ['c.zip', 'b.zip', 'a.zip']) zip = makeZip([{ name, content: zip, method: 0 }]);
    const { unscanned } = await scanner.scanBytes(zip, { ...SCHEDULED, walkTimeMs: 50 });
    const rows = unscanned.map(({ reason, layers }) => [reason, ...layers].join('/'));
    assert.ok(rows.includes('time'), rows.join(' '));
    assert.deepEqual(rows, [...new Set(rows)]);
  });

  test('LM-10a: a zip of very many entries ends in bounded time and says so', async () => {
    const count = fullSize ? 1_000_000 : 100_000;
    const empty = Buffer.alloc(0);
    const entries = Array.from({ length: count }, (_, index) => ({ name: `e${index}`, content: empty, method: 0 }));
    const answer = await scanner.scanBytes(makeZip(entries), {
      ...SCHEDULED,
      membersMax: 50_000,
      engineTimeMs: 5000,
      walkTimeMs: 20_000,
    });
    assert.equal(answer.verdict, 'partly');
    const leftOut = Object.values(answer.unscannedLeftOut ?? {}).reduce((sum, count) => sum + count, 0);
    assert.equal(answer.coverage.all - answer.coverage.lookedAt, answer.unscanned.length + leftOut);
    assert.ok(answer.timeMs < 120_000, String(answer.timeMs));
  });

  test('LM-10a: a file that grows while it is read is named changed', async () => {
    const path = join(scanner.directory, 'growing');
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, Buffer.alloc(24 * MIB, 'text that takes a while to read, line after line\n'));
    let growing = true;
    const grow = (): void => {
      if (!growing) return;
      writeSync(descriptor, 'more\n');
      setImmediate(grow);
    };
    grow();
    // On a busy machine a whole scan may fall between two writes: then it is right to call it read.
    let answer = await scanner.scanFile(path);
    for (let tries = 1; answer.verdict === 'clean' && tries < 50; tries++) answer = await scanner.scanFile(path);
    growing = false;
    closeSync(descriptor);
    assert.deepEqual(
      answer.unscanned.map((row) => row.reason),
      ['changed'],
    );
    assert.equal(answer.sha256, null);
  });
});
