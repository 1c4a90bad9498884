// SPDX-License-Identifier: Apache-2.0
// What the second reader of mail shows: ordinary mails as before, each part once and by its name, through every class of scan.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeMail, makeMarker, makeTar, makeZip, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { makeForm, PLAIN } from './mail-forms.ts';
import { REAL_TIME, SCHEDULED, suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.MailParts');
const payload = Buffer.from(marker.text);
const TWO_TYPES = { ...PLAIN, boundary: 'two types, the second holds' } as const;

const attached = Buffer.from('An attachment that a signature knows by its hash.');

/** `=ybegin` … `=yend` of so many bytes in a mail, with this text behind the bytes. */
function yencMail(content: Buffer, behind: string): Buffer {
  const coded = content.map((byte) => (byte + 42) % 256);
  const begin = `From: a\r\nTo: b\r\n\r\n=ybegin line=128 size=${content.length} name=x.bin\r\n`;
  return Buffer.concat([Buffer.from(begin), coded, Buffer.from(`\r\n${behind}`, 'latin1')]);
}

describe('parts of mails', () => {
  let scanner: TestScanner;
  const hash = `${createHash('md5').update(attached).digest('hex')}:${attached.length}:Test.Hash\n`;
  suiteScanner({ 'test.ndb': marker.signature, 'test.hdb': hash }, (started) => (scanner = started));

  const places = async (bytes: Buffer): Promise<readonly string[]> =>
    (await scanner.scanBytes(bytes)).threats.map(({ layers }) => layers.join(' > '));

  test('LM-11b, LM-0b: an ordinary mail has no row, and no part counts twice', async (context) => {
    context.diagnostic(`seed: ${testSeed}`);
    const folder = join(temporaryDirectory(context), 'ordinary');
    mkdirSync(folder);
    const program = join(import.meta.dirname, 'ordinary-mails.py');
    const leaves = JSON.parse(
      execFileSync('/usr/bin/python3', [program, String(testSeed), '200', folder], { encoding: 'utf8' }),
    ) as Readonly<Record<string, number>>;
    for (const [file, most] of Object.entries(leaves)) {
      const answer = await scanner.scanFile(join(folder, file));
      assert.deepEqual([answer.verdict, answer.unscanned, answer.trueType], ['clean', [], 'mail'], file);
      assert.ok(answer.coverage.all <= 1 + most, `${file}: ${answer.coverage.all} of ${most}`);
    }
  });

  test('LM-0b: what the engine found is one threat and one member', async () => {
    const attachment = { name: 'a.zip', content: makeZip([{ name: 'in.txt', content: payload }]) };
    const answer = await scanner.scanBytes(makeMail(attachment));
    assert.deepEqual(
      answer.threats.map(({ layers }) => layers),
      [['a.zip', 'in.txt']],
    );
    // The mail, its text, and what lies in the zip.
    assert.deepEqual([answer.coverage, answer.unscanned], [{ lookedAt: 3, all: 3 }, []]);
  });

  test('LM-11b: a part that the engine does not see has its own name, whatever writes it', async () => {
    const named = (name: string): Buffer =>
      Buffer.from(
        makeForm({ ...TWO_TYPES, payload: 'gzip' }, payload)
          .toString('latin1')
          .replaceAll('filename="invoice.zip"', name)
          .replaceAll('; name="invoice.zip"', ''),
        'latin1',
      );
    assert.deepEqual(await places(named('filename="a b.gz"')), ['a b.gz']);
    assert.deepEqual(await places(named('filename="a\\"b.gz"')), ['a"b.gz']);
    assert.deepEqual(await places(named("filename*=utf-8''%C3%BCber.gz")), ['über.gz']);
    assert.deepEqual(await places(named('filename*0="a-"; filename*1="b.gz"')), ['a-b.gz']);
    assert.deepEqual(await places(named('filename=plain.gz; size=1')), ['plain.gz']);
    assert.deepEqual(await places(named('size=1')), ['part-3']);
  });

  test('LM-11b: a yEnc attachment ends at its end, whatever stands behind it', async () => {
    const end = `=yend size=${attached.length}\r\n`;
    for (const behind of ['', end, `${end}-- \r\nregards, Bob\r\n`, `${end}=yend size=1\r\n--a\r\n`])
      assert.deepEqual(await places(yencMail(attached, behind)), ['x.bin'], behind);
  });

  test('LM-11b: what only looks like the end of yEnc hides nothing', async () => {
    const hidden = Buffer.from(payload.map((byte) => (byte + 42) % 256)).toString('latin1');
    for (const line of ['=yend', '=yendless', '=ypart begin=1'])
      assert.deepEqual(await places(yencMail(Buffer.from('words'), `${line}\r\n${hidden}`)), ['x.bin']);
  });

  test('LM-11b: the same mail inside zip, tar, gzip and mail', async () => {
    const mail = Buffer.concat([Buffer.from('Foo: bar\r\n'), makeForm(TWO_TYPES, payload)]);
    const inner = 'invoice.zip > inner.txt';
    assert.deepEqual(await places(makeZip([{ name: 'm.eml', content: mail }])), [`m.eml > ${inner}`]);
    assert.deepEqual(await places(makeTar([{ name: 'm.eml', content: mail }])), [`m.eml > ${inner}`]);
    assert.deepEqual(await places(gzipSync(mail)), [inner]);
    assert.deepEqual(await places(makeMail({ name: 'm.eml', content: mail })), [`m.eml > ${inner}`]);
  });

  test('LM-11b: what the engine reads as a web page, and a head that only carriage returns break', async () => {
    const text = 'This is a message in parts.\r\n';
    const page = makeForm({ ...PLAIN, first: 'sentence' }, payload).toString('latin1');
    const typed = page.replace(text, `${text}Content-Type: multipart/mixed; boundary="real"\r\n`);
    assert.deepEqual(await places(Buffer.from(typed, 'latin1')), ['invoice.zip > inner.txt']);
    const broken = makeForm({ ...PLAIN, gap: 'a word', nesting: 'in alternatives without an end' }, payload);
    const returned = broken.toString('latin1').replace('nohead\r\n', 'nohead\r--outer\n');
    assert.match((await places(Buffer.from(returned, 'latin1'))).join(), /inner\.txt/);
  });

  test('LM-11b: as an open that waits, a file that was written and a run', async () => {
    for (const scanClass of ['open', 'followUp', 'clamd', 'run'] as const) {
      const profile = scanClass === 'open' ? REAL_TIME : SCHEDULED;
      const answer = await scanner.scanBytes(makeForm(TWO_TYPES, payload), profile, { scanClass });
      assert.equal(answer.verdict, 'infected');
    }
  });

  test('LM-6a, LM-11b: a part of the rule’s size or more is named', async () => {
    const large = makeForm({ ...TWO_TYPES, payload: 'text' }, Buffer.alloc(70_000, 'x'));
    const answer = await scanner.scanBytes(large, { ...SCHEDULED, memberBytesMax: 65_536 });
    assert.deepEqual(answer.unscanned[0], { reason: 'size', layers: ['invoice.zip'], bytes: 70_000 });
  });

  test('LM-10a, LM-11b: more readings than can be tried are `structure-ambiguous`, and what was tried counts', async () => {
    const parts = Array.from(
      { length: 20_000 },
      (_, at) => `--a${at}\nContent-Type: multipart/b\nContent-Transfer-Encoding: base64\n\nYQ==\n`,
    );
    const mail = Buffer.from(makeForm(TWO_TYPES, payload).toString('latin1') + parts.join(''), 'latin1');
    const answer = await scanner.scanBytes(mail);
    assert.equal(answer.verdict, 'infected');
    assert.deepEqual(answer.unscanned, [{ reason: 'structure-ambiguous', layers: [], bytes: mail.length }]);
  });

  test('a text that holds headers of parts is no mail, and counts once', async () => {
    const log = Buffer.from('GET / HTTP/1.1\n\nContent-Type: text/html\n\n<p>hello</p>\n'.repeat(500));
    const answer = await scanner.scanBytes(log);
    assert.deepEqual([answer.verdict, answer.coverage], ['clean', { lookedAt: 1, all: 1 }]);
  });
});
