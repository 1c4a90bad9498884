// SPDX-License-Identifier: Apache-2.0
// RAR 5 archives by hand: stored members, and the records that say "encrypted" (no RAR program is free to pack them).
import { crc32 } from 'node:zlib';

export interface Rar5Entry {
  readonly name: string;
  readonly content: Buffer;
  /** Adds the file's encryption record, over bytes that nobody can read. */
  readonly encrypted?: boolean;
}

function vint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(low | (left > 0 ? 0x80 : 0));
  } while (left > 0);
  return Buffer.from(bytes);
}

function block(fields: readonly Buffer[]): Buffer {
  const header = Buffer.concat(fields);
  const sized = Buffer.concat([vint(header.length), header]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(sized));
  return Buffer.concat([sum, sized]);
}

const SIGNATURE = Buffer.from('526172211a070100', 'hex');
const MAIN = block([vint(1), vint(0), vint(0)]);
const END = block([vint(5), vint(0), vint(0)]);

function encryptionRecord(): Buffer {
  // Type 1, version 0, flags 0, 2^15 rounds, salt, initial vector.
  const record = Buffer.concat([
    vint(1),
    vint(0),
    vint(0),
    Buffer.from([15]),
    Buffer.alloc(16, 1),
    Buffer.alloc(16, 2),
  ]);
  return Buffer.concat([vint(record.length), record]);
}

function fileBlock(entry: Rar5Entry): Buffer {
  const extra = entry.encrypted ? encryptionRecord() : Buffer.alloc(0);
  const content = entry.encrypted ? Buffer.from(entry.content.map((byte) => byte ^ 0x5a)) : entry.content;
  const name = Buffer.from(entry.name);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(content));
  const header = block([
    vint(2),
    vint(extra.length > 0 ? 3 : 2),
    ...(extra.length > 0 ? [vint(extra.length)] : []),
    vint(content.length),
    vint(4),
    vint(content.length),
    vint(0o100644),
    sum,
    vint(0),
    vint(1),
    vint(name.length),
    name,
    extra,
  ]);
  return Buffer.concat([header, content]);
}

export function makeRar5(entries: readonly Rar5Entry[]): Buffer {
  return Buffer.concat([SIGNATURE, MAIN, ...entries.map(fileBlock), END]);
}

/** Names and all behind a password: an encryption header, then nothing that can be read. */
export function makeRar5WithEncryptedNames(): Buffer {
  const header = block([vint(4), vint(0), vint(0), vint(0), Buffer.from([15]), Buffer.alloc(16, 3)]);
  return Buffer.concat([SIGNATURE, header, Buffer.alloc(128, 0xa5)]);
}
