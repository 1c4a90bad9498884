// SPDX-License-Identifier: Apache-2.0
// Archives of every format that can be made here, with what an archive can be besides whole: encrypted, of a method that few read, damaged at each place.
import { gzipSync } from 'node:zlib';
import {
  compressBy,
  makeAr,
  makeArj,
  makeCab,
  makeCpio,
  makeLha,
  makeRar4,
  makeRar5,
  makeRar5WithEncryptedNames,
  makeRpm,
  makeStrongZip,
  makeTar,
  makeWideZip,
  makeXar,
  makeZip,
  pack7z,
  packIso,
  packLzip,
  packZipCrypto,
  type PackedFile,
} from '@lazaret/testkit';

export type Samples = Readonly<Record<string, Buffer>>;

function sevenZips(directory: string, files: readonly PackedFile[]): Record<string, Buffer> {
  const by = (...switches: string[]): Buffer => pack7z(directory, [{ files, switches }]);
  const methods = ['LZMA', 'LZMA2', 'PPMd', 'BZip2', 'Deflate', 'Deflate64', 'Copy', 'Delta', 'ARM'];
  return {
    ...Object.fromEntries(methods.map((method) => [`7z-${method}`, by(`-m0=${method}`)])),
    '7z-BCJ2': by('-m0=BCJ2', '-m1=LZMA', '-m2=LZMA', '-m3=LZMA', '-mb0:1', '-mb0s1:2', '-mb0s2:3'),
    '7z-BCJ': by('-m0=BCJ', '-m1=LZMA'),
    '7z-plain-header': by('-mhc=off'),
    '7z-encrypted': by('-psecret'),
    '7z-encrypted-names': by('-psecret', '-mhe=on'),
  };
}

function zips(directory: string, files: readonly PackedFile[]): Record<string, Buffer> {
  const by = (...switches: string[]): Buffer => pack7z(directory, [{ files, switches: ['-tzip', ...switches] }]);
  const methods = ['Copy', 'Deflate', 'Deflate64', 'BZip2', 'LZMA', 'PPMd'];
  const claimed = [1, 2, 6, 10, 18, 19, 92, 93, 94, 95, 96, 97, 98, 99, 200];
  return {
    ...Object.fromEntries(methods.map((method) => [`zip-${method}`, by(`-mm=${method}`)])),
    ...Object.fromEntries(
      claimed.map((method) => [`zip-claims-${method}`, makeZip(files.map((file) => ({ ...file, method })))]),
    ),
    'zip-aes': by('-psecret', '-mem=AES256'),
    'zip-aes-128': by('-psecret', '-mem=AES128'),
    'zip-crypto': packZipCrypto(directory, files, []),
    'zip-strong': makeStrongZip(files, 'whole'),
    'zip-strong-encrypted-directory': makeStrongZip(files, 'encrypted'),
    'zip-strong-damaged-directory': makeStrongZip(files, 'damaged'),
    'zip-strong-no-directory': makeStrongZip(files, 'missing'),
    'zip-wide': makeWideZip(files[0]?.content ?? Buffer.alloc(0), BigInt(files[0]?.content.length ?? 0), {
      descriptor: false,
    }),
  };
}

function rars(files: readonly PackedFile[]): Record<string, Buffer> {
  const all = (more: object): Buffer => makeRar4(files.map((file) => ({ ...file, ...more })));
  const versions = [13, 15, 20, 26, 29, 36];
  return {
    rar4: all({}),
    ...Object.fromEntries(versions.map((version) => [`rar4-claims-${version}`, all({ version, method: 0x33 })])),
    'rar4-encrypted': all({ encrypted: true }),
    'rar4-encrypted-packed': all({ encrypted: true, method: 0x33 }),
    'rar4-encrypted-20': all({ encrypted: true, version: 20, method: 0x33 }),
    'rar4-encrypted-names': makeRar4(files, { namesEncrypted: true }),
    rar5: makeRar5(files),
    'rar5-encrypted': makeRar5(files.map((file) => ({ ...file, encrypted: true }))),
    'rar5-encrypted-names': makeRar5WithEncryptedNames(),
  };
}

function lhas(files: readonly PackedFile[]): Record<string, Buffer> {
  const all = (more: object): Buffer => makeLha(files.map((file) => ({ ...file, ...more })));
  const claimed = ['-lh1-', '-lh2-', '-lh3-', '-lh4-', '-lh5-', '-lh6-', '-lh7-', '-lhx-', '-lzs-', '-lz5-', '-pm2-'];
  const folder = { name: 'folder', content: Buffer.alloc(0), method: '-lhd-' };
  return {
    lha: all({}),
    'lha-level-1': all({ level: 1 }),
    'lha-level-2': all({ level: 2 }),
    'lha-lz4': all({ method: '-lz4-' }),
    'lha-folder-first': makeLha([folder, ...files]),
    ...Object.fromEntries(claimed.map((method) => [`lha-claims${method.slice(0, -1)}`, all({ method })])),
  };
}

function others(directory: string, files: readonly PackedFile[]): Record<string, Buffer> {
  return {
    cab: makeCab(files),
    'cab-mszip': makeCab(files, { method: 1 }),
    'cab-claims-quantum': makeCab(files, { method: 2 }),
    'cab-claims-lzx': makeCab(files, { method: 0x15_03 }),
    'cab-goes-on': makeCab(files, { next: 'b.cab' }),
    arj: makeArj(files),
    'arj-encrypted': makeArj(files.map((file) => ({ ...file, encrypted: true }))),
    'arj-claims-1': makeArj(files.map((file) => ({ ...file, method: 1 }))),
    'arj-claims-9': makeArj(files.map((file) => ({ ...file, method: 9 }))),
    xar: makeXar(files),
    'xar-gzip': makeXar(files, { encoding: 'application/x-gzip' }),
    'xar-claims-bzip2': makeXar(files, { encoding: 'application/x-bzip2' }),
    'xar-claims-odd': makeXar(files, { encoding: 'application/x-odd' }),
    iso: packIso(directory, files),
    tar: makeTar(files),
    cpio: makeCpio(files),
    ar: makeAr(files),
    rpm: makeRpm(files),
    'rpm-xz': makeRpm(files, (cpio) => compressBy('xz', cpio)),
    wim: pack7z(directory, [{ files, switches: ['-twim'] }]),
  };
}

function streams(content: Buffer): Record<string, Buffer> {
  return {
    gzip: gzipSync(content),
    bzip2: compressBy('bzip2', content),
    xz: compressBy('xz', content),
    lzma: compressBy('xz', content, '--format=lzma'),
    lzip: packLzip(content),
    zstd: compressBy('zstd', content, '-q'),
    lz4: compressBy('lz4', content, '-q'),
  };
}

export function archiveSamples(directory: string, files: readonly PackedFile[]): Samples {
  const content = Buffer.concat(files.map((file) => file.content));
  return {
    ...sevenZips(directory, files),
    ...zips(directory, files),
    ...rars(files),
    ...lhas(files),
    ...others(directory, files),
    ...streams(content),
  };
}

/** Where an archive can be cut or have one byte turned. */
export function damagedOnes(whole: Buffer): Samples {
  const at = (share: number): number => Math.floor(whole.length * share);
  const turned = (place: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[place] = (copy[place] ?? 0) ^ 0xff;
    return copy;
  };
  const cuts = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => [`cut-${share}`, whole.subarray(0, at(share))] as const);
  const turns = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => [`turned-${share}`, turned(at(share))] as const);
  const edges = [8, 12, 20, 28].map((place) => [`turned-at-${place}`, turned(place)] as const);
  const ends = [1, 4, 10, 16, 30].flatMap((place) => [
    [`cut-before-${place}`, whole.subarray(0, whole.length - place)] as const,
    [`turned-before-${place}`, turned(whole.length - place)] as const,
  ]);
  return Object.fromEntries([...cuts, ...turns, ...edges, ...ends]);
}
