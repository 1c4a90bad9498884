// SPDX-License-Identifier: Apache-2.0
// Zip archives whose headers no packer writes: PKWARE's strong encryption, and sizes of 64 bits that no file has.
import { crc32 } from 'node:zlib';
import type { PackedFile } from './packed.ts';

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc32?: number;
}

function common({ flags, method, packedBytes, bytes, crc32: sum = 0 }: Fields, name: Buffer, extra: Buffer): Buffer {
  const out = Buffer.alloc(26);
  [50, flags, method].forEach((value, index) => out.writeUInt16LE(value, index * 2));
  out.writeUInt32LE(0x21_5a_00_00, 6);
  out.writeUInt32LE(sum, 10);
  out.writeUInt32LE(packedBytes, 14);
  out.writeUInt32LE(bytes, 18);
  out.writeUInt16LE(name.length, 22);
  out.writeUInt16LE(extra.length, 24);
  return out;
}

function central(fields: Buffer, name: Buffer, extra: Buffer, headerAt: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(headerAt, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x32\x00', 'latin1'), fields, rest, name, extra]);
}

function endOf(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** `directory`: whole; encrypted, as PKWARE's programs can; damaged in its first entry; missing with all that follows. */
export function makeStrongZip(
  files: readonly PackedFile[],
  directory: 'whole' | 'encrypted' | 'damaged' | 'missing',
): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, content } of files) {
    // AES of 256 bits by a password; what follows is the same length for everybody who has none.
    const extra = Buffer.from([0x17, 0, 8, 0, 2, 0, 0x10, 0x66, 0, 1, 1, 0]);
    const bytes = Buffer.from(content.map((byte, index) => byte ^ (index * 37 + 91)));
    const fields = common(
      { flags: 0x41, method: 8, packedBytes: bytes.length, bytes: content.length },
      Buffer.from(name),
      extra,
    );
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), extra, bytes]);
    entries.push(central(fields, Buffer.from(name), extra, at));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(entries);
  if (directory === 'encrypted')
    for (let index = 0; index < list.length; index++) list[index] = (list[index] ?? 0) ^ 0xa5;
  if (directory === 'damaged') list.fill(0xff, 0, 4);
  return Buffer.concat(directory === 'missing' ? locals : [...locals, list, endOf(files.length, list.length, at)]);
}

/** A stored member whose 64-bit sizes are `bytes`, whatever stands there. */
export function makeWideZip(content: Buffer, bytes: bigint, { descriptor = true } = {}): Buffer {
  const name = Buffer.from('A');
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(bytes, 4);
  extra.writeBigUInt64LE(bytes, 12);
  const all = 0xff_ff_ff_ff;
  const fields = common(
    { flags: descriptor ? 0x08_08 : 0x08_00, method: 0, packedBytes: all, bytes: all, crc32: crc32(content) },
    name,
    extra,
  );
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, extra, content]);
  const trailer = Buffer.alloc(descriptor ? 16 : 0);
  if (descriptor) trailer.write('PK\x07\x08', 0, 'latin1');
  const list = central(fields, name, extra, 0);
  return Buffer.concat([local, trailer, list, endOf(1, list.length, local.length + trailer.length)]);
}
