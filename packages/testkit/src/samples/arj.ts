// SPDX-License-Identifier: Apache-2.0
// ARJ archives by hand: stored members, and heads that claim other methods and a key.
import { crc32 } from 'node:zlib';

export interface ArjEntry {
  readonly name: string;
  readonly content: Buffer;
  /** 0 stored (default), 1 to 4 packed; the bytes stay as they are. */
  readonly method?: number;
  readonly encrypted?: boolean;
  readonly claimedBytes?: number;
}

function head(fields: Buffer, name: string): Buffer {
  const body = Buffer.concat([fields, Buffer.from(`${name}\0\0`)]);
  const start = Buffer.from([0x60, 0xea, 0, 0]);
  start.writeUInt16LE(body.length, 2);
  const sum = Buffer.alloc(6); // and no further head
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([start, body, sum]);
}

function fieldsOf(flags: number, method: number, type: number): Buffer {
  const fields = Buffer.alloc(30);
  fields.set([30, 11, 1, 2, flags, method, type], 0);
  fields.writeUInt32LE(0x21_5a_00_00, 8);
  return fields;
}

export function makeArj(entries: readonly ArjEntry[]): Buffer {
  const members = entries.map((entry) => {
    const fields = fieldsOf(entry.encrypted ? 1 : 0, entry.method ?? 0, 0);
    fields.writeUInt32LE(entry.content.length, 12);
    fields.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 16);
    fields.writeUInt32LE(crc32(entry.content), 20);
    return Buffer.concat([head(fields, entry.name), entry.content]);
  });
  return Buffer.concat([head(fieldsOf(0, 0, 2), 'out.arj'), ...members, Buffer.from([0x60, 0xea, 0, 0])]);
}
