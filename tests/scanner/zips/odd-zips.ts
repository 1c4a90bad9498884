// SPDX-License-Identifier: Apache-2.0
// Zips by hand: each head, entry and end as a test wants it.
import { crc32 } from 'node:zlib';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What a member's head and its entry have in common. It is stored. */
function fields(name: string, content: Buffer): Buffer {
  const out = Buffer.alloc(26);
  out.writeUInt16LE(20, 0);
  out.writeUInt32LE(crc32(content), 10);
  out.writeUInt32LE(content.length, 14);
  out.writeUInt32LE(content.length, 18);
  out.writeUInt16LE(name.length, 22);
  return out;
}

export const zipHead = (name: string, content: Buffer): Buffer =>
  Buffer.concat([latin1('PK\x03\x04'), fields(name, content), latin1(name), content]);

export function zipEntry(name: string, content: Buffer, headAt: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(headAt, 10);
  return Buffer.concat([latin1('PK\x01\x02\x14\x00'), fields(name, content), rest, latin1(name)]);
}

export function zipEnd(entries: number, listBytes: number, listAt: number, comment = Buffer.alloc(0)): Buffer {
  const out = Buffer.alloc(22);
  out.write('PK\x05\x06', 'latin1');
  out.writeUInt16LE(entries, 8);
  out.writeUInt16LE(entries, 10);
  out.writeUInt32LE(listBytes, 12);
  out.writeUInt32LE(listAt, 16);
  out.writeUInt16LE(comment.length, 20);
  return Buffer.concat([out, comment]);
}

/** The end with 64-bit numbers, with so many bytes more. */
export function zipWideEnd(entries: number, listBytes: number, listAt: number, more = 0): Buffer {
  const out = Buffer.alloc(56 + more, 1);
  out.fill(0, 0, 56);
  out.write('PK\x06\x06', 'latin1');
  out.writeBigUInt64LE(BigInt(44 + more), 4);
  out.writeUInt16LE(45, 12);
  out.writeUInt16LE(45, 14);
  [entries, entries, listBytes, listAt].forEach((number, index) =>
    out.writeBigUInt64LE(BigInt(number), 24 + index * 8),
  );
  return out;
}

export function zipWideLocator(at: number): Buffer {
  const out = Buffer.alloc(20);
  out.write('PK\x06\x07', 'latin1');
  out.writeBigUInt64LE(BigInt(at), 8);
  out.writeUInt32LE(1, 16);
  return out;
}
