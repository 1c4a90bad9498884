// SPDX-License-Identifier: Apache-2.0
// Packers store what does not compress, or cut only a little of it: what a file holds stands in plain view in it. The
// engine finds archives and mail there, cut, and members of theirs. No damage of the file – and damage of a true member
// is told as ever.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import {
  compressBy,
  makeAr,
  makeArj,
  makeCpio,
  makeLha,
  makeMail,
  makeMarker,
  makeRar5,
  makeTar,
  makeZip,
  noise,
  packLzip,
  seededRandom,
} from '@lazaret/testkit';
import { withCheckSum } from './check-sums.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.InView', seededRandom(1));
const filler = (bytes: number): Buffer => noise(bytes, seededRandom(2));
const file = (content: Buffer) => [{ name: 'in', content }];
const mailOf = (content: Buffer): Buffer => makeMail({ name: 'in.bin', content });
const damaged = (packed: Buffer): Buffer => {
  const out = Buffer.from(packed);
  out.writeUInt8(out.readUInt8(out.length >> 1) ^ 0xff, out.length >> 1);
  return out;
};
/** The engine does not unpack lzip: the walker alone finds what is in it. */
const packed = packLzip(marker.atEndOf(400));
const broken = damaged(gzipSync(filler(500)));
/** One entry of a zip, without its list. */
const entryOf = (content: Buffer): Buffer => {
  const zip = makeZip([{ name: 'entry', content, method: 0 }]);
  return zip.subarray(0, zip.indexOf('PK\u0001\u0002', 0, 'latin1'));
};
const amid = (content: Buffer): Buffer => Buffer.concat([filler(700), content, filler(700)]);

describe('what stands in plain view', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  async function told(content: Buffer): Promise<{ readonly verdict: string; readonly rows: readonly string[] }> {
    const { verdict, unscanned } = await scanner.scanBytes(content);
    return { verdict, rows: unscanned.map(({ reason, layers }) => [reason, ...layers].join(' ')) };
  }

  test('LM-3: a mail that an archive or a stream leaves in plain view has no damaged attachments, and what it holds is found', async () => {
    // Behind the mail stand a trailer, check sums: the engine takes them for an attachment.
    const cpio = makeCpio(file(mailOf(packed)));
    const forms: Record<string, Buffer> = {
      'stored by LHA': makeLha(file(cpio)),
      'stored by RAR in an ar': makeAr(file(makeRar5(file(cpio)))),
      'in lz4, attached to another mail': mailOf(
        compressBy('lz4', makeCpio(file(mailOf(compressBy('bzip2', marker.atEndOf(60)))))),
      ),
    };
    for (const [form, content] of Object.entries(forms))
      assert.deepEqual(await told(content), { verdict: 'infected', rows: [] }, form);
  });

  test('LM-3: an entry of a zip in the middle of a member of an ARJ is no member of the ARJ, and its damage none of the file', async () => {
    assert.deepEqual(await told(makeArj(file(makeTar(file(amid(entryOf(damaged(packed)))))))), {
      verdict: 'clean',
      rows: [],
    });
    // Whatever it is, it is looked through.
    assert.deepEqual(await told(makeArj(file(makeTar(file(amid(entryOf(packed))))))), {
      verdict: 'infected',
      rows: [],
    });
  });

  test('LM-3: a damaged attachment is told, whatever the mail stands in, and whether it stands in plain view there', async () => {
    const mail = mailOf(broken);
    const forms: Record<string, Buffer> = {
      'the mail itself': mail,
      'in a gzip stream': gzipSync(mail),
      'in a mail': mailOf(mail),
      'stored by LHA': makeLha(file(mail)),
      'stored by LHA, in a cpio archive': makeLha(file(makeCpio(file(mail)))),
      'in a zip': makeZip(file(mail)),
      'in a zip behind a script': Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), makeZip(file(mail))]),
      'in a zip in an ARJ': makeArj(file(makeZip([{ name: 'in', content: mail, method: 0 }]))),
      'of an ARJ': makeArj(file(broken)),
      'of a zip in a mail in an ARJ': makeArj(file(mailOf(makeZip(file(broken))))),
    };
    for (const [form, content] of Object.entries(forms)) {
      const { rows } = await told(content);
      assert.ok(
        rows.some((row) => row.startsWith('corrupted')),
        `${form}: ${rows.join(', ')}`,
      );
    }
  });

  test('LM-3: a tar that is a document or a mail to other readers is never clean', async () => {
    const pdf = Buffer.concat([
      Buffer.from(`1 0 obj\n<< /Type /EmbeddedFile /Length ${broken.length} >>\nstream\n`),
      broken,
      Buffer.from('\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n'),
    ]);
    const tarOf = (name: string, rest: Buffer): Buffer =>
      Buffer.concat([makeTar([{ name, content: Buffer.alloc(0) }]).subarray(0, 512), Buffer.alloc(1024), rest]);
    for (const content of [tarOf('%PDF-1.4', pdf), tarOf('From: a@example.net\nTo: b@example.net\n', mailOf(broken))]) {
      const { verdict, rows } = await told(content);
      assert.equal(verdict, 'partly');
      assert.ok(rows.includes('structure-ambiguous'), rows.join(', '));
    }
    assert.equal((await told(tarOf('report.pdf', Buffer.alloc(0)))).verdict, 'clean');
  });

  test('LM-3: a member that an ARJ promises and does not hold is told, even if an entry of a zip has its length and check sum', async () => {
    const content = filler(300);
    const arj = makeArj(file(content));
    const at = arj.indexOf(content);
    arj[at + 10] = 0;
    const forged = Buffer.concat([arj, entryOf(withCheckSum(Buffer.alloc(content.length, 'harmless\n'), content))]);
    assert.deepEqual((await told(forged)).rows, ['corrupted in']);
  });
});
