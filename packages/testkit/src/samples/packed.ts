// SPDX-License-Identifier: Apache-2.0
// Archives by the system's own packers, for what only they can write: encryption, 7z, ISO. Works in a directory of the test.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PackedFile {
  readonly name: string;
  readonly content: Buffer;
}

function inPlace(directory: string, files: readonly PackedFile[]): string {
  const place = mkdtempSync(join(directory, 'packed-'));
  mkdirSync(join(place, 'in'));
  for (const { name, content } of files) writeFileSync(join(place, 'in', name), content);
  return place;
}

function run(program: string, directory: string, ...argv: string[]): void {
  execFileSync(program, argv, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** `switches` as 7z takes them: `-psecret`, `-mhe=on`, `-mem=AES256`, `-tzip`. Later calls add to the same archive. */
export function pack7z(
  directory: string,
  steps: readonly { readonly files: readonly PackedFile[]; readonly switches: readonly string[] }[],
): Buffer {
  const archive = join(mkdtempSync(join(directory, 'archive-')), 'out');
  for (const { files, switches } of steps) {
    const place = inPlace(directory, files);
    run('7z', join(place, 'in'), 'a', '-y', ...switches, archive, ...files.map(({ name }) => name));
  }
  const type = steps[0]?.switches.find((one) => one.startsWith('-t'))?.slice(2) ?? '7z';
  return readFileSync(`${archive}.${type}`);
}

/** The traditional PKWARE cipher, by Info-ZIP. */
export function packZipCrypto(directory: string, secret: readonly PackedFile[], clear: readonly PackedFile[]): Buffer {
  const place = inPlace(directory, [...secret, ...clear]);
  const archive = join(place, 'out.zip');
  run('zip', join(place, 'in'), '-q', '-P', 'secret', archive, ...secret.map(({ name }) => name));
  if (clear.length > 0) run('zip', join(place, 'in'), '-q', archive, ...clear.map(({ name }) => name));
  return readFileSync(archive);
}

export function packIso(directory: string, files: readonly PackedFile[]): Buffer {
  const place = inPlace(directory, files);
  run('genisoimage', place, '-quiet', '-o', 'out.iso', '-R', 'in');
  return readFileSync(join(place, 'out.iso'));
}

/** A single stream by `program` (xz, bzip2, zstd, lzip …) from standard input to standard output. */
export function compressBy(program: string, content: Buffer, ...argv: string[]): Buffer {
  return execFileSync(program, [...argv, '-c'], { input: content, maxBuffer: 1 << 30 });
}

/** A stream of compress (.Z): LZW with codes of nine bits, each a byte as it is. Throws RangeError above 250 bytes, where codes grow. */
export function packCompress(content: Buffer): Buffer {
  if (content.length > 250) throw new RangeError('more than 250 bytes');
  let bits = 0n;
  for (const [index, byte] of content.entries()) bits |= BigInt(byte) << BigInt(9 * index);
  const packed = Buffer.alloc(Math.ceil((content.length * 9) / 8));
  for (let index = 0; index < packed.length; index++) packed[index] = Number((bits >> BigInt(8 * index)) & 0xffn);
  return Buffer.concat([Buffer.from([0x1f, 0x9d, 0x90]), packed]);
}
