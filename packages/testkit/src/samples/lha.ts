// SPDX-License-Identifier: Apache-2.0
// LHA archives by hand: stored members under any method's name, headers of level 0 to 2.
export interface LhaEntry {
  readonly name: string;
  readonly content: Buffer;
  /** `-lh0-` (default), `-lz4-`: stored. Others are claimed over the same bytes; `-lhd-` is a folder. */
  readonly method?: string;
  readonly level?: 0 | 1 | 2;
  readonly claimedBytes?: number;
}

/** CRC-16 of ARC. */
export function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa0_01 : crc >>> 1;
  }
  return crc;
}

/** The fields that all levels have, at offset 2. */
function common(entry: LhaEntry, level: number): Buffer {
  const head = Buffer.alloc(22);
  head.write(entry.method ?? '-lh0-', 2, 'latin1');
  head.writeUInt32LE(entry.content.length, 7);
  head.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 11);
  head.writeUInt32LE(level === 2 ? 1_600_000_000 : 0x21_5a_00_00, 15);
  head.writeUInt8(0x20, 19);
  head.writeUInt8(level, 20);
  return head;
}

function sum(bytes: Buffer): number {
  return bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
}

function header(entry: LhaEntry, level: 0 | 1): Buffer {
  const name = Buffer.from(entry.name);
  const head = common(entry, level);
  head.writeUInt8(name.length, 21);
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16(entry.content));
  // Level 1: the system, and no further header.
  const whole = Buffer.concat([head, name, crc, level === 1 ? Buffer.from([0x55, 0, 0]) : Buffer.alloc(0)]);
  whole.writeUInt8(whole.length - 2, 0);
  whole.writeUInt8(sum(whole.subarray(2)), 1);
  return whole;
}

/** With the head's own check sum, which is counted while it is zero. */
function headerOfLevel2(entry: LhaEntry): Buffer {
  const name = Buffer.from(entry.name);
  const nameField = Buffer.concat([Buffer.alloc(2), Buffer.from([1]), name]);
  nameField.writeUInt16LE(nameField.length, 0);
  const fixed = Buffer.alloc(24);
  common(entry, 2).copy(fixed, 0, 0, 21);
  fixed.writeUInt16LE(crc16(entry.content), 21);
  fixed.writeUInt8(0x55, 23);
  const whole = Buffer.concat([fixed, Buffer.from([5, 0, 0, 0, 0]), nameField, Buffer.alloc(2)]);
  whole.writeUInt16LE(whole.length, 0);
  whole.writeUInt16LE(crc16(whole), 27);
  return whole;
}

export function makeLha(entries: readonly LhaEntry[]): Buffer {
  const parts = entries.flatMap((entry) => [
    (entry.level ?? 0) === 2 ? headerOfLevel2(entry) : header(entry, entry.level === 1 ? 1 : 0),
    entry.content,
  ]);
  return Buffer.concat([...parts, Buffer.from([0])]);
}
