// SPDX-License-Identifier: Apache-2.0
// Files of every format that a parser of ours reads, whole ones and ones with something wrong.
import { bzip2Like } from './streams.ts';
import { gzipSync } from 'node:zlib';
import {
  makeCompoundFile,
  makeMail,
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
  nestTarGz,
  nestZip,
  pack7z,
  packIso,
  packZipCrypto,
} from '@lazaret/testkit';
import { compoundFile, elfWith, pdfWith, rar5Blocks } from '../../tests/scanner/hostile-files.ts';
import { isoImage, isoRecord } from '../../tests/scanner/iso-images.ts';

const text = Buffer.from('lazaret-fuzz-marker and some text that packs well well well well');
const file = { name: 'a.txt', content: text };
const other = { name: 'folder-of-b.txt', content: Buffer.alloc(300, 'b') };

export function sampleFiles(directory: string): readonly Buffer[] {
  return [...archives(directory), ...documents(), ...isoImages(directory), ...programs(), ...bzip2Like(text)];
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

/** Small images by hand; genisoimage's own are larger than most inputs here, but know every extension. */
function isoImages(directory: string): Buffer[] {
  const content = { block: 19, bytes: 20 };
  const continued = Buffer.from('434531010000001300000000000000130000000000000000001c0000000000001c', 'hex');
  const named = Buffer.concat([
    Buffer.from('NM\x0a\x01\x00longer'),
    Buffer.from('ZF\x10\x01pz\x04\x0f', 'latin1'),
    Buffer.alloc(8),
  ]);
  return [
    isoImage(
      [
        {
          records: [isoRecord('A.TXT;1', content), isoRecord('B', content, named), isoRecord('C', content, continued)],
        },
      ],
      text,
    ),
    isoImage([
      {
        records: [
          isoRecord('D', { block: 19, bytes: 2_048, folder: true }),
          isoRecord('M', { ...content, more: true }),
          isoRecord('M', content),
        ],
      },
      { records: [isoRecord('D', { block: 18, bytes: 2_048, folder: true })] },
    ]),
    packIso(directory, [file]).subarray(0, 65_536),
  ];
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
