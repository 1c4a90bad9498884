// SPDX-License-Identifier: Apache-2.0
// Files of every format that a parser of ours reads, whole ones and ones with something wrong.
import { bzip2Like } from './streams.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import {
  makeArj,
  makeCab,
  makeCompoundFile,
  makeLha,
  makeMail,
  makeOdf,
  makePdf,
  makePresentation,
  makeProtectedOoxml,
  makeRar4,
  makeRar5,
  makeRar5WithEncryptedNames,
  makeRpm,
  makeStrongZip,
  makeTar,
  makeWideZip,
  makeWord,
  makeWorkbook,
  makeXar,
  makeZip,
  nestTarGz,
  nestZip,
  pack7z,
  packZipCrypto,
} from '@lazaret/testkit';
import { compoundFile, elfWith, pdfWith, rar5Blocks } from '../../tests/scanner/hostile-files.ts';
import { chooseForms, makeForm } from '../../tests/scanner/mail/mail-forms.ts';
import { isoImage, isoRecord } from '../../tests/scanner/archives/iso-images.ts';

const text = Buffer.from('lazaret-fuzz-marker and some text that packs well well well well');
const file = { name: 'a.txt', content: text };
const other = { name: 'folder-of-b.txt', content: Buffer.alloc(300, 'b') };

export function sampleFiles(directory: string): readonly Buffer[] {
  return [
    ...archives(directory),
    ...documents(),
    ...isoImages(directory),
    ...programs(),
    ...mails(),
    ...bzip2Like(text),
  ];
}

function archives(directory: string): Buffer[] {
  return [
    makeZip([file, other], 'a comment'),
    makeZip([
      { ...file, method: 0 },
      { ...other, encryptedFlag: true },
      { ...file, name: Buffer.from([0xff, 0x2f]), claimedBytes: 9 },
    ]),
    makeZip([file, { ...other, sameDataAs: 0 }, { ...file, name: 'META-INF/manifest.xml' }, { ...file, method: 99 }]),
    nestZip(text, 3),
    makeTar([file, other]),
    nestTarGz(text, 2),
    gzipSync(text),
    makeRar5([file, { ...other, encrypted: true }]),
    makeRar5WithEncryptedNames(),
    rar5Blocks(2_000),
    pack7z(directory, [{ files: [file, other], switches: [] }]),
    pack7z(directory, [{ files: [file], switches: ['-psecret', '-mhe=on'] }]),
    pack7z(directory, [{ files: [file], switches: ['-tzip', '-psecret', '-mem=AES256'] }]),
    packZipCrypto(directory, [file], [other]),
    makeRar4([file, { ...other, encrypted: true }, { ...file, version: 20, method: 0x33 }]),
    makeRar4([file], { namesEncrypted: true }),
    makeArj([file, { ...other, encrypted: true }, { ...file, method: 9 }]),
    makeXar([file, other]),
    makeXar([file], { encoding: 'application/x-bzip2' }),
    makeLha([{ ...file, method: '-lhd-' }, other, { ...file, level: 2 }]),
    makeCab([file, other], { method: 1 }),
    makeRpm([file]),
    makeStrongZip([file, other], 'encrypted'),
    makeWideZip(text, 1n << 62n),
    makeMail({ name: 'a.zip', content: makeZip([file]) }),
  ];
}

function documents(): Buffer[] {
  const flags = [false, true];
  return [
    makePdf({ text: 'a' }),
    makePdf({ text: 'a', userPassword: '' }),
    makePdf({ text: 'a', userPassword: 'secret' }),
    pdfWith('/Encrypt 7 0 R ', 400),
    pdfWith('/Encrypt<<', 400),
    makeCompoundFile([{ name: 'WordDocument', content: Buffer.alloc(600, 1) }]),
    compoundFile(16, 'roots'),
    compoundFile(16, 'circle'),
    makeProtectedOoxml(),
    ...flags.flatMap((encrypted) => [
      makeWord({ text: 'a', encrypted }),
      makeWorkbook({ text: 'a', encrypted }),
      makePresentation({ text: 'a', encrypted }),
      makeOdf({ text: 'a', encrypted }),
    ]),
  ];
}

/** Some of the forms that mail programs read differently, and other ways to write a file down. */
function mails(): Buffer[] {
  const forms = chooseForms(1, () => 0).filter((choice) => choice.nesting === 'none' && choice.line !== 'mixed');
  return [
    ...forms.filter((_, index) => index % 8 === 0).map((choice) => makeForm(choice, text).subarray(0, 4_096)),
    Buffer.from('From: a\nDate: b\n\n=ybegin line=8 size=3 name=a\n\x8b\x8c=M\n=yend\n', 'latin1'),
  ];
}

/** Small images by hand, and genisoimage's own, which knows every extension. */
function isoImages(directory: string): Buffer[] {
  const content = { block: 19, bytes: 20 };
  const packed = zisofs(text);
  const root = use('SP', 0xbe, 0xef, 0);
  const named = Buffer.concat([
    use('NM', 0, ...Buffer.from('longer')),
    use('ZF', ...Buffer.from('pz'), 4, 15, ...Buffer.alloc(8)),
  ]);
  const continued = use('CE', ...[19, 0, 28].flatMap((value) => [value, 0, 0, 0, 0, 0, 0, value]));
  const linked = use('PX', 0, 0xa0, 0, 0);
  const moved = Buffer.concat([use('CL', 18, 0, 0, 0, 0, 0, 0, 18), use('RE')]);
  const uses = [named, continued, linked, moved];
  const whole = isoImage(
    [
      {
        records: [
          isoRecord('Z', { block: 19, bytes: packed.length }, named),
          ...uses.map((one) => isoRecord('A;1', content, one)),
        ],
      },
    ],
    packed,
    root,
  );
  const circle = [
    isoRecord('D', { block: 19, bytes: 2_048, folder: true }),
    isoRecord('M', { ...content, more: true }),
    isoRecord('M', content),
  ];
  return [
    whole,
    isoImage([{ records: uses.map((one) => isoRecord('A;1', content, one)) }], continued, root),
    isoImage([{ records: circle }, { records: [isoRecord('D', { block: 18, bytes: 2_048, folder: true })] }]),
    genisoimage(directory),
  ].map((image) => image.subarray(0, 65_536));
}

/** A field of a system use area: its name, its length, its version, its bytes. */
function use(name: string, ...bytes: number[]): Buffer {
  return Buffer.from([...Buffer.from(name), 4 + bytes.length, 1, ...bytes]);
}

/** One block, packed. */
function zisofs(content: Buffer): Buffer {
  const block = deflateSync(content);
  const head = Buffer.alloc(24);
  Buffer.from('37e45396c9dbd607', 'hex').copy(head);
  head.writeUInt32LE(content.length, 8);
  head.set([4, 15], 12);
  head.writeUInt32LE(24, 16);
  head.writeUInt32LE(24 + block.length, 20);
  return Buffer.concat([head, block]);
}

function genisoimage(directory: string): Buffer {
  const place = mkdtempSync(join(directory, 'iso-'));
  mkdirSync(join(place, 'in'));
  for (const name of ['ä€.txt', 'a name that is longer than eight.and three'])
    writeFileSync(join(place, 'in', name), text);
  execFileSync('genisoimage', ['-quiet', '-no-pad', '-R', '-J', '-o', 'out', 'in'], { cwd: place, stdio: 'pipe' });
  return readFileSync(join(place, 'out'));
}

function programs(): Buffer[] {
  const pe = Buffer.alloc(512);
  pe.write('MZ');
  pe.writeUInt32LE(64, 60);
  pe.write('PE\0\0', 64);
  pe.writeUInt16LE(2, 70);
  return [
    elfWith(400),
    pe,
    Buffer.concat([pe, makeZip([file])]),
    Buffer.from('#!/bin/sh\necho\n'),
    Buffer.from('%!PS-Adobe\n'),
    Buffer.from('{\\rtf1 a}'),
    Buffer.from('<html><script>a</script></html>'),
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    Buffer.from('MSCF\0\0\0\0', 'latin1'),
  ];
}

/** As many bytes as an input may have, saying one thing many times: where work could grow faster than they do. */
export function largeFiles(): readonly Buffer[] {
  const full = 65_000;
  const loop = (index: number): string => `/Encrypt ${(index % 4_000) + 1} 0 R `;
  const folders = Array.from({ length: 12 }, (_, index) => ({
    records: Array.from({ length: 48 }, () =>
      isoRecord('D', { block: 18 + ((index + 1) % 12), bytes: 2_048, folder: true }),
    ),
  }));
  return [
    pdfWith(loop, full),
    pdfWith('/Encrypt<<', full),
    compoundFile(120, 'roots'),
    compoundFile(120, 'circle'),
    rar5Blocks(full),
    elfWith(full),
    isoImage(folders),
    makeZip(
      Array.from({ length: 600 }, (_, index) => ({
        name: `${index}`,
        content: text,
        ...(index > 0 && { sameDataAs: 0 }),
      })),
    ),
    Buffer.alloc(full),
    Buffer.from(Uint8Array.from({ length: full }, (_, at) => (at * 2_654_435_761) >>> 13)),
  ];
}
