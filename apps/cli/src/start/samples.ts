// SPDX-License-Identifier: Apache-2.0
// What ./start plants: the EICAR test file, put together at run time so that no file of ours is one, and a zip that holds it.
import { crc32 } from 'node:zlib';

export function eicar(): Buffer {
  return Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join(''));
}

const LOCAL_HEADER = 0x04_03_4b_50;
const CENTRAL_HEADER = 0x02_01_4b_50;
const END_RECORD = 0x06_05_4b_50;
/** 1 January 2026 in DOS's form: the same bytes at every run. */
const DOS_DATE = ((2026 - 1980) << 9) | (1 << 5) | 1;

/** A zip of one stored member (APPNOTE.TXT, 4.3). */
export function zipOf(name: string, content: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(content.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  const local = Buffer.concat([number32(LOCAL_HEADER), fields, Buffer.from(name), content]);
  const central = Buffer.concat([
    number32(CENTRAL_HEADER),
    Buffer.from([20, 0]),
    fields,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  return Buffer.concat([local, central, endRecord(central.length, local.length)]);
}

function endRecord(centralBytes: number, centralOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_RECORD, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(centralBytes, 12);
  end.writeUInt32LE(centralOffset, 16);
  return end;
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
