// SPDX-License-Identifier: Apache-2.0
// Zip archives, whole or with one thing wrong in them.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** 0 stored, 8 deflated (default); any other number is written as said over deflated bytes. */
  readonly method?: number;
  /** What the headers claim instead of the truth. */
  readonly claimedBytes?: number;
  readonly claimedCrc32?: number;
  /** Sets the flag of encryption; the bytes stay as they are. */
  readonly encryptedFlag?: boolean;
  /** Takes the data of the entry with this number instead of its own: entries that overlap. */
  readonly sameDataAs?: number;
}

interface Written {
  readonly headerAt: number;
  readonly packedBytes: number;
}

export function makeZip(entries: readonly ZipEntry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const written: Written[] = [];
  let at = 0;
  for (const entry of entries) {
    const method = entry.method ?? 8;
    const packed = method === 0 ? entry.content : deflateRawSync(entry.content, { level: 1 });
    const shared = entry.sameDataAs === undefined ? undefined : written[entry.sameDataAs];
    const place = shared ?? { headerAt: at, packedBytes: packed.length };
    written.push(place);
    const fields = commonFields(entry, method, place.packedBytes);
    const name = Buffer.from(entry.name);
    if (shared === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed]);
      parts.push(local);
      at += local.length;
    }
    directory.push(centralEntry(fields, place.headerAt, name));
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endRecord(entries.length, central.length, at, comment)]);
}

function commonFields(entry: ZipEntry, method: number, packedBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE((entry.encryptedFlag ? 1 : 0) | 0x0800, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(0x21_5a_00_00, 6);
  fields.writeUInt32LE(entry.claimedCrc32 ?? crc32(entry.content), 10);
  fields.writeUInt32LE(packedBytes, 14);
  fields.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 18);
  fields.writeUInt16LE(Buffer.from(entry.name).length, 22);
  return fields;
}

function centralEntry(fields: Buffer, headerAt: number, name: Buffer): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(headerAt, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, name]);
}

function endRecord(count: number, bytes: number, offset: number, comment: string): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Math.min(count, 0xff_ff), 8);
  end.writeUInt16LE(Math.min(count, 0xff_ff), 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  if (count < 0xff_ff) return Buffer.concat([end, Buffer.from(comment)]);
  // More entries than 16 bits count: the 64-bit record and its locator before it.
  const wide = Buffer.alloc(76);
  wide.write('PK\x06\x06', 0, 'latin1');
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE(45, 12);
  wide.writeUInt16LE(45, 14);
  wide.writeBigUInt64LE(BigInt(count), 24);
  wide.writeBigUInt64LE(BigInt(count), 32);
  wide.writeBigUInt64LE(BigInt(bytes), 40);
  wide.writeBigUInt64LE(BigInt(offset), 48);
  wide.write('PK\x06\x07', 56, 'latin1');
  wide.writeBigUInt64LE(BigInt(offset + bytes), 64);
  wide.writeUInt32LE(1, 72);
  return Buffer.concat([wide, end, Buffer.from(comment)]);
}

/** `content` inside zip inside zip …, `depth` times; the innermost name is `name`. */
export function nestZip(content: Buffer, depth: number, name = 'marker.txt'): Buffer {
  let bytes = content;
  for (let layer = 1; layer <= depth; layer++)
    bytes = makeZip([{ name: layer === 1 ? name : `layer-${layer - 1}.zip`, content: bytes }]);
  return bytes;
}
