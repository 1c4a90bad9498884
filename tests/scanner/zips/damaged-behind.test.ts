// SPDX-License-Identifier: Apache-2.0
// A zip behind other bytes whose list is damaged, or is the list of another zip: what can be read is scanned, the rest is told, and nothing is told of bytes that
// only look like it.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { makeArj, makeMarker, makeTar, noise, packLzip, seededRandom, testSeed } from '@lazaret/testkit';
import { withCheckSum } from '../archives/check-sums.ts';
import { jpeg, program } from './fronts.ts';
import { layerFormats } from '../archives/layers.ts';
import { zipEnd, zipEntry, zipHead } from './odd-zips.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const random = seededRandom(testSeed);
const marker = makeMarker('Test.DamagedBehind', random);
/** The engine does not unpack it: only a reader of the archive finds what is in it. */
const evil = packLzip(marker.atEndOf(3_000));
const clean = Buffer.from('nothing of interest stands here\n');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Of stored members; and where its list begins. */
function zipOf(members: Readonly<Record<string, Buffer>>) {
  const heads: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(members)) {
    const head = zipHead(name, content);
    heads.push(head);
    entries.push(zipEntry(name, content, at));
    at += head.length;
  }
  const list = Buffer.concat(entries);
  return { bytes: Buffer.concat([...heads, list, zipEnd(entries.length, list.length, at)]), listAt: at };
}

type Damage = (zip: Buffer, listAt: number) => void;
const DAMAGES: Readonly<Record<string, Damage>> = {
  'the mark of its first entry': (zip, listAt) => zip.fill('x', listAt, listAt + 4),
  'the mark of its second entry': (zip, listAt) => {
    const second = zip.indexOf('PK\x01\x02', listAt + 4, 'latin1');
    zip.fill('x', second, second + 4);
  },
  'all of its list': (zip, listAt) => zip.fill(0, listAt, zip.length - 22),
  'where its entries lead to': (zip, listAt) => {
    for (let at = listAt; at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) zip.fill(0x7f, at + 42, at + 46);
  },
};

function damaged(damage: Damage, members: Readonly<Record<string, Buffer>>): Buffer {
  const { bytes, listAt } = zipOf(members);
  damage(bytes, listAt);
  return bytes;
}

describe('a damaged zip behind other bytes', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));
  const said = async (bytes: Buffer) => {
    const { verdict, unscanned, coverage } = await scanner.scanBytes(bytes);
    return { verdict, rows: unscanned.map(({ reason, layers }) => [reason, ...layers].join(' ')), coverage };
  };
  const fronts = (content = Buffer.alloc(5_000, 'harmless\n')): Record<string, Buffer> => {
    const made: Record<string, Buffer> = { picture: jpeg, text: Buffer.alloc(300, 'text\n'), program: program(512) };
    for (const [name, format] of Object.entries(layerFormats(scanner.directory))) {
      const front = format.wrap(name === 'compress' ? clean : content);
      if (front) made[name] = front;
    }
    return made;
  };

  test('LM-11b, LM-3: what can be read of it is scanned, the rest is told, whatever stands before it', async () => {
    for (const [front, before] of Object.entries(fronts()))
      for (const [what, damage] of Object.entries(DAMAGES)) {
        const form = `${what}, behind ${front}`;
        const bad = await said(Buffer.concat([before, damaged(damage, { 'a.txt': clean, 'in.lz': evil })]));
        assert.equal(bad.verdict, 'infected', `${form}: ${bad.rows.join()}`);
        const good = await said(Buffer.concat([before, damaged(damage, { 'a.txt': clean, 'b.txt': clean })]));
        // Some streams are damaged by whatever follows them.
        const { rows } = await said(Buffer.concat([before, clean]));
        // Of two zips it is damage, or another list, according to which of them a reader takes.
        // The engine takes what is left of a list behind a mail for an encrypted one.
        const own = good.rows.filter((row) => row !== 'encrypted attachment');
        const told = front === 'zip' ? own.map(() => 'corrupted') : own;
        assert.deepEqual([good.verdict, told], ['partly', [...rows, 'corrupted']], form);
      }
  });

  test('LM-11b: so is one behind an archive that ends with a zip, and one before another zip', async () => {
    const whole = zipOf({ 'c.txt': clean }).bytes;
    const broken = damaged(DAMAGES['all of its list'] ?? assert.fail(), { 'in.lz': evil });
    for (const bytes of [
      Buffer.concat([makeTar([{ name: 'in.zip', content: whole }]), broken]),
      Buffer.concat([jpeg, broken, whole]),
    ]) {
      const { verdict, rows } = await said(bytes);
      assert.deepEqual([verdict, rows], ['infected', ['corrupted']]);
    }
  });

  test('one that is a member is told once', async () => {
    for (const [what, damage] of Object.entries(DAMAGES)) {
      const content = damaged(damage, { 'a.txt': clean, 'b.bin': noise(5_000, random) });
      const { tar, cpio, ar, iso, rar5, cab, arj, ole2 } = layerFormats(scanner.directory);
      for (const [name, format] of Object.entries({ tar, cpio, ar, iso, rar5, cab, arj, ole2 })) {
        const { verdict, rows } = await said(format?.wrap(content) ?? assert.fail(name));
        assert.deepEqual([verdict, rows.length], ['partly', 1], `${what} in ${name}: ${rows.join()}`);
      }
    }
  });

  test('marks of a zip in packed data, and one that a stream holds in pieces, have no row', async () => {
    const marks = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07'].map(latin1);
    const scattered = Buffer.concat(
      Array.from({ length: 400 }, (_, at) => Buffer.concat([noise(97, random), marks[at % 5] ?? clean])),
    );
    for (const [name, front] of Object.entries(fronts(scattered))) {
      // In the overlay of a program marks alone tell a zip.
      if (name === 'program') continue;
      const inside = await said(front);
      assert.deepEqual([inside.verdict, inside.rows], ['clean', []], name);
      if (name === 'zip') continue; // whoever puts an end behind its own means that readers differ
      // Some streams are damaged by whatever follows them.
      const other = await said(Buffer.concat([front, noise(scattered.length, random)]));
      assert.deepEqual(await said(Buffer.concat([front, scattered])), other, name);
    }
    // The blocks that the stream stores are cut at another place of the zip for each length: in a member, its list, its end.
    for (let bytes = 64_000; bytes < 66_500; bytes += 7) {
      const zip = zipOf({ 'a.bin': noise(bytes, random), 'b.bin': noise(300, random), 'c.bin': noise(200, random) });
      const { verdict, rows, coverage } = await said(gzipSync(zip.bytes));
      assert.deepEqual([verdict, rows, coverage], ['clean', [], { lookedAt: 4, all: 4 }], String(bytes));
    }
  });

  test('LM-11b: another zip with the list of a member is opened, though not all of its entries lead to a head', async () => {
    const other = withCheckSum(noise(evil.length, random), evil);
    const member = zipOf({ 'a.txt': clean, 'in.lz': other }).bytes;
    const pieces = Buffer.from(member).fill('x', 0, 4);
    const behind = Buffer.from(pieces);
    evil.copy(behind, behind.indexOf(other));
    const { '7z': seven, rar5, cab, ar, iso, bzip2 } = layerFormats(scanner.directory);
    for (const [name, format] of Object.entries({ seven, rar5, cab, ar, iso, bzip2 })) {
      const archive = format?.wrap(member) ?? assert.fail(name);
      const before = await said(Buffer.concat([archive, noise(pieces.length, random)]));
      assert.deepEqual(await said(Buffer.concat([archive, pieces])), before, `${name}: pieces of the member itself`);
      const { verdict, rows } = await said(Buffer.concat([archive, behind]));
      assert.equal(verdict, 'infected', `${name}: ${rows.join()}`);
    }
  });

  test('what the engine finds once more in plain view is counted and told once', async () => {
    const large = Buffer.alloc(31 * 1_048_576, 'x');
    const inner = zipOf({ 'deep.txt': Buffer.from('deep\n') }).bytes;
    const zip = zipOf({ 'large.txt': large, 'a.txt': clean, 'inner.zip': inner }).bytes;
    const one = await said(makeArj([{ name: 'in.zip', content: zip }]));
    assert.deepEqual([one.rows, one.coverage], [['size in.zip large.txt'], { lookedAt: 3, all: 4 }]);
    const two = await said(
      makeArj([
        { name: 'a.txt', content: clean },
        { name: 'in.zip', content: zip },
        { name: 'large.txt', content: large },
        { name: 'last.txt', content: clean },
      ]),
    );
    assert.deepEqual(
      [two.rows.toSorted(), two.coverage],
      [['size in.zip large.txt', 'size large.txt'], { lookedAt: 5, all: 7 }],
    );
    const bad = await said(makeArj([{ name: 'in.zip', content: zipOf({ 'in.lz': evil }).bytes }]));
    assert.deepEqual([bad.verdict, bad.rows], ['infected', []]);
    const { ole2 } = layerFormats(scanner.directory);
    const document = ole2?.wrap(zipOf({ 'a.txt': clean, 'b.bin': noise(6_000, random), 'inner.zip': inner }).bytes);
    const { coverage, rows } = await said(document ?? assert.fail());
    assert.deepEqual([coverage, rows], [{ lookedAt: 4, all: 4 }, []]);
  });
});
