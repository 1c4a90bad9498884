// SPDX-License-Identifier: Apache-2.0
// RAR archives up to version 4 by hand: stored members, and headers that claim other versions, methods and encryption.
import { crc32 } from 'node:zlib';

export interface Rar4Entry {
  readonly name: string;
  readonly content: Buffer;
  /** What is needed to unpack it, times ten: 15, 20, 26, 29 (default), 36. */
  readonly version?: number;
  /** 0x30 stored (default) … 0x35 best. The bytes stay as they are. */
  readonly method?: number;
  readonly encrypted?: boolean;
  readonly claimedBytes?: number;
}

const SIGNATURE = Buffer.from('526172211a0700', 'hex');
const HAS_DATA = 0x80_00;
const IS_ENCRYPTED = 0x04;
const NAMES_ENCRYPTED = 0x80;

function block(type: number, flags: number, fields: Buffer): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt8(type, 2);
  head.writeUInt16LE(flags, 3);
  head.writeUInt16LE(7 + fields.length, 5);
  const whole = Buffer.concat([head, fields]);
  whole.writeUInt16LE(crc32(whole.subarray(2)) & 0xff_ff, 0);
  return whole;
}

function fileBlock(entry: Rar4Entry): Buffer {
  const name = Buffer.from(entry.name);
  const fields = Buffer.alloc(25);
  fields.writeUInt32LE(entry.content.length, 0);
  fields.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 4);
  fields.writeUInt8(3, 8); // Unix
  fields.writeUInt32LE(crc32(entry.content), 9);
  fields.writeUInt32LE(0x21_5a_00_00, 13);
  fields.writeUInt8(entry.version ?? 29, 17);
  fields.writeUInt8(entry.method ?? 0x30, 18);
  fields.writeUInt16LE(name.length, 19);
  fields.writeUInt32LE(0o100644, 21);
  const flags = HAS_DATA | (entry.encrypted ? IS_ENCRYPTED : 0);
  return Buffer.concat([block(0x74, flags, Buffer.concat([fields, name])), entry.content]);
}

export function makeRar4(entries: readonly Rar4Entry[], { namesEncrypted = false } = {}): Buffer {
  const main = block(0x73, namesEncrypted ? NAMES_ENCRYPTED : 0, Buffer.alloc(6));
  const rest = [...entries.map(fileBlock), block(0x7b, 0x40_00, Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, main, ...(namesEncrypted ? [Buffer.alloc(200, 0xa5)] : rest)]);
}
