// SPDX-License-Identifier: Apache-2.0
// Archives that cost more than they seem to: many empty members, members that unpack slowly and are passed over, tables that unpack to nothing but size.
// Each ends by its own limits: no scan process is killed, and what was not read is named.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeArj, makeCab, makeLha, makeMarker, makeRar4, makeRar5, makeXar } from '@lazaret/testkit';
import { isoImage, isoRecord } from './iso-images.ts';
import { statusOf } from '../process/scanner-status.ts';
import { SCHEDULED, suiteScanner, type TestScanner } from '../test-scanner.ts';

const MIB = 1_048_576;
const marker = makeMarker('Test.HostileArchives');
/** Short for a file, so that a limit that does not hold is seen: a scan process is killed five seconds after its budget. */
const SHORT = { ...SCHEDULED, engineTimeMs: 1_000, walkTimeMs: 1_000 };

describe('archives that cost more than they seem to', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  async function deaths(): Promise<number> {
    return (await statusOf(scanner)).workerDeaths;
  }

  test('LM-10a: a 7z member of hundreds of megabytes that is passed over does not hold up the scan process', async () => {
    const path = join(scanner.directory, 'zeros');
    writeFileSync(path, '');
    truncateSync(path, 1_300 * MIB);
    execFileSync('7z', ['a', '-m0=PPMd', '-mx=1', `${path}.7z`, path], { stdio: 'pipe' });
    const answer = await scanner.scanBytes(readFileSync(`${path}.7z`), SHORT);
    assert.equal(answer.verdict, 'partly', JSON.stringify(answer));
    assert.deepEqual(
      answer.unscanned.filter(({ reason }) => reason !== 'size' && reason !== 'time'),
      [],
    );
    assert.equal(await deaths(), 0);
  });

  const many = 60_000;
  const empties = Array.from({ length: many }, (_, index) => ({ name: `${index}`, content: Buffer.alloc(0) }));
  const last = { name: 'last.txt', content: marker.atEndOf(300) };
  const lists: Readonly<Record<string, () => Buffer>> = {
    lha: () => makeLha([...empties, last]),
    'rar 4': () => makeRar4([...empties, last]),
    'rar 5': () => makeRar5([...empties, last]),
    cab: () => makeCab([...empties, last]),
    arj: () => makeArj([...empties, last]),
    xar: () => makeXar([...empties, last]),
  };
  for (const [name, make] of Object.entries(lists))
    test(`LM-10a: ${many} empty members in a ${name}: the last is found, and the list ends at its limit`, async () => {
      const archive = make();
      const whole = await scanner.scanBytes(archive);
      assert.equal(whole.verdict, 'infected', JSON.stringify(whole).slice(0, 500));
      const few = await scanner.scanBytes(archive, { ...SCHEDULED, membersMax: 1_000 });
      assert.ok(few.unscanned.length > 0, JSON.stringify(few).slice(0, 500));
      assert.equal(await deaths(), 0);
    });

  test('LM-10a: a table of contents that claims or unpacks to much more than it is, is corrupted', async () => {
    const tables = [
      makeXar([last], { claimedTableBytes: 2n ** 63n }),
      makeXar([last], { claimedTableBytes: 2n ** 26n }),
      makeXar([], { table: `<?xml version="1.0"?><xar><toc>${' '.repeat(40 * MIB)}` }),
      makeXar([], { table: `<?xml version="1.0"?><xar><toc>${'<file>'.repeat(200_000)}` }),
    ];
    for (const [index, table] of tables.entries()) {
      const answer = await scanner.scanBytes(table);
      const reasons = answer.unscanned.map(({ reason }) => reason);
      assert.ok(reasons.includes('corrupted'), `${index}: ${JSON.stringify(answer)}`);
      assert.equal(await deaths(), 0, String(index));
    }
  });

  test('LM-10a: zisofs files of four gigabytes of nothing end by size or time', async () => {
    const files = 64;
    const packed = zisofsOfNothing(0xff_ff_ff_ff);
    const records = Array.from({ length: files }, (_, index) =>
      isoRecord(`F${index};1`, { block: 40, bytes: packed.length - index }, zisofsField(0xff_ff_ff_ff)),
    );
    const folders = [records.slice(0, 16)].map((list) => ({ records: list }));
    const image = Buffer.concat([isoImage(folders, Buffer.alloc(0), shareField())]);
    const whole = Buffer.concat([image, Buffer.alloc(Math.max(0, 40 * 2_048 - image.length)), packed]);
    const answer = await scanner.scanBytes(whole, SHORT);
    assert.equal(answer.verdict, 'partly', JSON.stringify(answer));
    const reasons = new Set(answer.unscanned.map(({ reason }) => reason));
    assert.ok(
      [...reasons].every((reason) => ['size', 'time', 'corrupted'].includes(reason)),
      JSON.stringify(answer),
    );
    assert.ok(reasons.has('size') || reasons.has('time'), JSON.stringify(answer));
    assert.equal(await deaths(), 0);
  });
});

/** The mark of Rock Ridge, without which no system use is read. */
function shareField(): Buffer {
  return Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef, 0]);
}

function zisofsField(bytes: number): Buffer {
  const field = Buffer.from([0x5a, 0x46, 16, 1, 0x70, 0x7a, 4, 17, 0, 0, 0, 0, 0, 0, 0, 0]);
  field.writeUInt32LE(bytes, 8);
  field.writeUInt32BE(bytes, 12);
  return field;
}

/** A head and a table whose blocks all begin where they end: zeros. */
function zisofsOfNothing(bytes: number): Buffer {
  const blocks = Math.ceil(bytes / 131_072);
  const out = Buffer.alloc(16 + (blocks + 1) * 4);
  Buffer.from('37e45396c9dbd607', 'hex').copy(out);
  out.writeUInt32LE(bytes, 8);
  out.set([4, 17], 12);
  for (let index = 0; index <= blocks; index++) out.writeUInt32LE(out.length, 16 + index * 4);
  return out;
}
