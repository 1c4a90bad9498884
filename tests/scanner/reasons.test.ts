// SPDX-License-Identifier: Apache-2.0
// LM-0 … LM-4 by the real scan process: what cannot be read goes to the ledger with its reason, and is never a detection.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ScannerAnswer } from '@lazaret/contract';
import {
  compressBy,
  makeCompoundFile,
  makeMail,
  makeMarker,
  makeOdf,
  makePdf,
  makePresentation,
  makeProtectedOoxml,
  makeRar5,
  makeRar5WithEncryptedNames,
  makeTar,
  makeWord,
  makeWorkbook,
  makeZip,
  pack7z,
  packIso,
  packZipCrypto,
} from '@lazaret/testkit';
import { suiteScanner, type TestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.Reasons');
const secret = { name: 'secret.txt', content: marker.atEndOf(400) };
const clear = { name: 'clear.txt', content: marker.atEndOf(500) };
const harmless = { name: 'harmless.txt', content: Buffer.from('nothing of interest stands here\n') };

type Row = readonly [reason: string, ...layers: string[]];

function rows(answer: ScannerAnswer): Row[] {
  assert.equal(answer.coverage.all - answer.coverage.lookedAt, answer.unscanned.length, JSON.stringify(answer));
  return answer.unscanned.map(({ reason, layers }) => [reason, ...layers]);
}

function places(answer: ScannerAnswer): (readonly string[])[] {
  return answer.threats
    .map((threat) => threat.layers)
    .toSorted((left, right) => left.join('/').localeCompare(right.join('/')));
}

describe('reasons of the ledger', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  /** Encrypted alone: ledger and no detection. Beside a clear member: that one is found. */
  async function provesEncrypted(alone: Buffer, beside: Buffer): Promise<void> {
    const first = await scanner.scanBytes(alone);
    assert.equal(first.verdict, 'partly', JSON.stringify(first));
    assert.deepEqual(rows(first), [['encrypted', 'secret.txt']]);
    assert.deepEqual(first.coverage, { lookedAt: 1, all: 2 });
    const second = await scanner.scanBytes(beside);
    assert.equal(second.verdict, 'infected', JSON.stringify(second));
    assert.deepEqual(places(second), [['clear.txt']]);
    assert.deepEqual(rows(second), [['encrypted', 'secret.txt']]);
    assert.deepEqual(second.coverage, { lookedAt: 2, all: 3 });
  }

  test('LM-1a, LM-1b: ZipCrypto', () =>
    provesEncrypted(
      packZipCrypto(scanner.directory, [secret], []),
      packZipCrypto(scanner.directory, [secret], [clear]),
    ));

  test('LM-1a, LM-1b: zip with AES', () => {
    const aes = { files: [secret], switches: ['-tzip', '-psecret', '-mem=AES256'] };
    return provesEncrypted(
      pack7z(scanner.directory, [aes]),
      pack7z(scanner.directory, [aes, { files: [clear], switches: ['-tzip'] }]),
    );
  });

  test('LM-1a, LM-1b: 7z', () => {
    const encrypted = { files: [secret], switches: ['-psecret'] };
    return provesEncrypted(
      pack7z(scanner.directory, [encrypted]),
      pack7z(scanner.directory, [encrypted, { files: [clear], switches: [] }]),
    );
  });

  test('LM-1a: 7z with encrypted names is one unopened container', async () => {
    const archive = pack7z(scanner.directory, [{ files: [secret], switches: ['-psecret', '-mhe=on'] }]);
    const outer = await scanner.scanBytes(archive);
    assert.equal(outer.verdict, 'partly');
    assert.deepEqual(rows(outer), [['encrypted']]);
    const inside = await scanner.scanBytes(makeZip([{ name: 'names.7z', content: archive }, clear]));
    assert.deepEqual(rows(inside), [['encrypted', 'names.7z']]);
    assert.deepEqual(places(inside), [['clear.txt']]);
    assert.deepEqual(inside.coverage, { lookedAt: 2, all: 3 });
  });

  test('LM-1a, LM-1b: RAR 5, members and names', async () => {
    await provesEncrypted(
      makeRar5([{ ...secret, encrypted: true }]),
      makeRar5([{ ...secret, encrypted: true }, clear]),
    );
    const open = await scanner.scanBytes(makeRar5([clear, harmless]));
    assert.deepEqual(places(open), [['clear.txt']]);
    assert.deepEqual(rows(open), []);
    const names = await scanner.scanBytes(makeRar5WithEncryptedNames());
    assert.equal(names.verdict, 'partly');
    assert.deepEqual(rows(names), [['encrypted']]);
  });

  test('LM-1a: an encrypted zip inside a mail is named inside the mail', async () => {
    const answer = await scanner.scanBytes(
      makeMail({ name: 'secret.zip', content: packZipCrypto(scanner.directory, [secret], [clear]) }),
    );
    assert.deepEqual(rows(answer), [['encrypted', 'secret.zip', 'secret.txt']]);
    assert.deepEqual(places(answer), [['secret.zip', 'clear.txt']]);
  });

  const documents: readonly (readonly [name: string, open: Buffer | null, locked: Buffer])[] = [
    ['PDF', makePdf({ text: marker.text }), makePdf({ text: 'locked', userPassword: 'secret' })],
    ['OOXML', null, makeProtectedOoxml()],
    ['Word 97', makeWord({ text: marker.text, encrypted: false }), makeWord({ text: 'locked', encrypted: true })],
    [
      'Excel 97',
      makeWorkbook({ text: marker.text, encrypted: false }),
      makeWorkbook({ text: 'locked', encrypted: true }),
    ],
    [
      'PowerPoint 97',
      makePresentation({ text: marker.text, encrypted: false }),
      makePresentation({ text: 'locked', encrypted: true }),
    ],
    ['ODF', makeOdf({ text: marker.text, encrypted: false }), makeOdf({ text: 'locked', encrypted: true })],
  ];
  for (const [name, open, locked] of documents)
    test(`LM-2a, LM-2b: ${name} with a password, and beside it a clear member`, async () => {
      const outer = await scanner.scanBytes(locked);
      assert.equal(outer.verdict, 'partly', JSON.stringify(outer));
      assert.deepEqual(rows(outer), [['password']]);
      const inside = await scanner.scanBytes(makeZip([{ name: 'locked.document', content: locked }, clear]));
      assert.equal(inside.verdict, 'infected');
      assert.deepEqual(places(inside), [['clear.txt']]);
      assert.deepEqual(rows(inside), [['password', 'locked.document']]);
      if (open === null) return;
      const readable = await scanner.scanBytes(open);
      assert.equal(readable.verdict, 'infected', JSON.stringify(readable));
      assert.deepEqual(rows(readable), []);
    });

  test('LM-2a: an encrypted PDF that opens with the empty password is read, not named', async () => {
    const answer = await scanner.scanBytes(makePdf({ text: 'open', userPassword: '' }));
    assert.equal(answer.verdict, 'clean', JSON.stringify(answer));
  });

  test('LM-3a: a cut zip: what is whole is scanned, the cut member is named', async () => {
    const archive = makeZip([clear, { name: 'cut.txt', content: Buffer.alloc(50_000, 'behind the cut '), method: 0 }]);
    const answer = await scanner.scanBytes(archive.subarray(0, 20_000));
    assert.equal(answer.verdict, 'infected', JSON.stringify(answer));
    assert.deepEqual(places(answer), [['clear.txt']]);
    assert.deepEqual(rows(answer), [['corrupted', 'cut.txt']]);
    const whole = makeZip([harmless, clear]);
    const withoutEnd = await scanner.scanBytes(whole.subarray(0, whole.length - 22));
    assert.equal(withoutEnd.verdict, 'infected');
    assert.deepEqual(rows(withoutEnd), [['corrupted']]);
  });

  test('LM-3a: a bad CRC with the marker before it: found, and named all the same', async () => {
    const bad = { ...clear, claimedCrc32: 0x12_34_56_78 };
    const zip = await scanner.scanBytes(makeZip([bad, harmless]));
    assert.equal(zip.verdict, 'infected', JSON.stringify(zip));
    assert.deepEqual(places(zip), [['clear.txt']]);
    assert.deepEqual(rows(zip), [['corrupted', 'clear.txt']]);
    const gzip = gzipSync(clear.content);
    gzip.writeUInt32LE(0x12_34_56_78, gzip.length - 8);
    const stream = await scanner.scanBytes(gzip);
    assert.equal(stream.verdict, 'infected');
    assert.deepEqual(rows(stream), [['corrupted']]);
    assert.deepEqual(stream.coverage, { lookedAt: 1, all: 2 });
    const tarGzip = gzipSync(makeTar([clear, harmless]));
    tarGzip.writeUInt32LE(0x12_34_56_78, tarGzip.length - 8);
    const tar = await scanner.scanBytes(tarGzip);
    assert.deepEqual(places(tar), [['clear.txt']]);
    assert.deepEqual(rows(tar), [['corrupted']]);
  });

  test('LM-3a: cut gzip, bzip2, xz and 7z are named', async () => {
    const content = Buffer.concat([
      clear.content,
      Buffer.alloc(200_000).map((_, index) => Math.imul(index, 2_654_435_761) >>> 24),
    ]);
    for (const program of ['gzip', 'bzip2', 'xz', 'zstd']) {
      const whole = compressBy(program, content);
      assert.equal((await scanner.scanBytes(whole)).verdict, 'infected', program);
      const cut = await scanner.scanBytes(whole.subarray(0, Math.floor(whole.length * 0.8)));
      assert.notEqual(cut.verdict, 'clean', program);
      assert.deepEqual(rows(cut), [['corrupted']], program);
    }
    const archive = pack7z(scanner.directory, [{ files: [clear, harmless], switches: [] }]);
    const cut = await scanner.scanBytes(archive.subarray(0, archive.length - 40));
    assert.equal(cut.verdict, 'partly');
    assert.deepEqual(rows(cut), [['corrupted']]);
  });

  test('LM-4a: a method that nobody here unpacks is named, the members beside it are scanned', async () => {
    const answer = await scanner.scanBytes(makeZip([{ ...secret, method: 97 }, clear]));
    assert.equal(answer.verdict, 'infected');
    assert.deepEqual(rows(answer), [['unsupported-compression', 'secret.txt']]);
    assert.deepEqual(places(answer), [['clear.txt']]);
  });

  test('LM-4a, LM-4b: every format of the public list is named', async () => {
    const list = readFileSync(join(import.meta.dirname, '../../native/scanner/TYPES.md'), 'utf8');
    const formats = [...list.matchAll(/^\| `([^`]+)` \| ([0-9]+) \| `([0-9a-f]+)` \|/gm)];
    assert.ok(formats.length >= 15, String(formats.length));
    for (const [, name = '', offset, magic] of formats) {
      const head = Buffer.alloc(2048, 0x01);
      Buffer.from(magic ?? '', 'hex').copy(head, Number(offset));
      const outer = await scanner.scanBytes(head);
      assert.deepEqual(rows(outer), [['unsupported-compression']], name);
      const inside = await scanner.scanBytes(makeZip([{ name: 'odd', content: head }, clear]));
      assert.deepEqual(rows(inside), [['unsupported-compression', 'odd']], name);
      assert.equal(inside.verdict, 'infected');
    }
  });

  test('LM-0a, LM-0b: coverage reads (N − k) / N and names all k', async () => {
    const entries = Array.from({ length: 10 }, (_, index) => ({
      ...harmless,
      name: `member-${index}.txt`,
      encryptedFlag: index % 3 === 0,
    }));
    const answer = await scanner.scanBytes(makeZip(entries));
    assert.equal(answer.verdict, 'partly');
    assert.deepEqual(answer.coverage, { lookedAt: 7, all: 11 });
    assert.deepEqual(
      rows(answer),
      [0, 3, 6, 9].map((index) => ['encrypted', `member-${index}.txt`]),
    );
    const whole = await scanner.scanBytes(makeZip([harmless, { ...harmless, name: 'second.txt' }]));
    assert.equal(whole.verdict, 'clean');
    assert.deepEqual(whole.coverage, { lookedAt: 3, all: 3 });
  });

  test('LM-0c: after a detection the rest is still read, and every threat is named', async () => {
    const entries = [
      clear,
      { ...secret, encryptedFlag: true },
      { name: 'again.txt', content: clear.content },
      harmless,
    ];
    for (const archive of [makeZip(entries), makeMail({ name: 'all.zip', content: makeZip(entries) })]) {
      const answer = await scanner.scanBytes(archive);
      const prefix = answer.trueType === 'mail' ? ['all.zip'] : [];
      assert.deepEqual(places(answer), [
        [...prefix, 'again.txt'],
        [...prefix, 'clear.txt'],
      ]);
      assert.deepEqual(rows(answer), [['encrypted', ...prefix, 'secret.txt']]);
    }
  });

  test('LM-0b: names of any bytes come back whole', async () => {
    const odd = Buffer.from([0x66, 0x0a, 0xff, 0xfe, 0x22, 0x2e, 0x74, 0x78, 0x74]);
    const answer = await scanner.scanBytes(makeTar([{ ...clear, name: 'new\nline.txt' }]));
    assert.deepEqual(places(answer), [['new\nline.txt']]);
    const tar = makeTar([{ ...clear, name: 'xxxxxxxxx' }]);
    odd.copy(tar, 0);
    let sum = 0;
    tar.write('        ', 148);
    for (let at = 0; at < 512; at++) sum += tar[at] ?? 0;
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const broken = await scanner.scanBytes(tar);
    assert.equal(broken.verdict, 'infected');
    assert.deepEqual(broken.threats[0]?.layersBase64, [odd.toString('base64')]);
  });

  test('LM-3a: every readable kind of container finds its member, by name', async () => {
    const files = [harmless, clear];
    const samples: Record<string, Buffer> = {
      zip: makeZip(files),
      tar: makeTar(files),
      'tar.gz': gzipSync(makeTar(files)),
      'tar.xz': compressBy('xz', makeTar(files)),
      'tar.bz2': compressBy('bzip2', makeTar(files)),
      'tar.zst': compressBy('zstd', makeTar(files)),
      '7z': pack7z(scanner.directory, [{ files, switches: [] }]),
      iso: packIso(scanner.directory, files),
      rar5: makeRar5(files),
    };
    for (const [name, bytes] of Object.entries(samples)) {
      const answer = await scanner.scanBytes(bytes);
      assert.deepEqual(places(answer), [['clear.txt']], name);
      assert.deepEqual(rows(answer), [], name);
      assert.deepEqual(answer.coverage, { lookedAt: 3, all: 3 }, name);
    }
  });

  test('LM-5a: a self-extracting program is opened', async () => {
    const program = readFileSync('/bin/true');
    for (const archive of [
      makeZip([clear, harmless]),
      pack7z(scanner.directory, [{ files: [clear, harmless], switches: [] }]),
    ]) {
      const answer = await scanner.scanBytes(Buffer.concat([program, archive]));
      assert.deepEqual(places(answer), [['clear.txt']], JSON.stringify(answer));
      assert.deepEqual(rows(answer), []);
    }
  });

  test('LM-0a: a file of 20 kinds of the machine is clean and wholly looked at', async () => {
    const listed = spawnSync('sh', ['-c', 'find /usr/bin /usr/lib -xdev -type f -size -400k | head -n 300'], {
      encoding: 'utf8',
    });
    for (const path of listed.stdout.trim().split('\n')) {
      const answer = await scanner.scanFile(path);
      assert.equal(answer.verdict, 'clean', `${path} ${JSON.stringify(answer)}`);
    }
  });

  test('LM-0a: nothing of an OLE file without a password is named', async () => {
    const answer = await scanner.scanBytes(makeCompoundFile([{ name: 'Contents', content: harmless.content }]));
    assert.equal(answer.verdict, 'clean', JSON.stringify(answer));
  });
});
