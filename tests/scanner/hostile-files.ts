// SPDX-License-Identifier: Apache-2.0
// Files whose structure says one thing many times, in a size that is asked for.

export function pdfWith(part: string | ((index: number) => string), bytes: number): Buffer {
  const parts = ['%PDF-1.7\n'];
  for (let length = 0, index = 0; length < bytes; index++) {
    const text = typeof part === 'string' ? part : part(index);
    length += text.length;
    parts.push(text);
  }
  return Buffer.from(parts.join(''));
}

const SECTOR = 512;

/** Sectors: the table, then directory entries that all say they are the root (`roots`), or one whose chains lead to itself (`circle`). */
export function compoundFile(sectors: number, kind: 'roots' | 'circle'): Buffer {
  const tables = Math.ceil((sectors + 1) / 128) + 1;
  const file = Buffer.alloc(SECTOR * (1 + tables + sectors));
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file);
  file.writeUInt16LE(9, 30);
  file.writeUInt32LE(tables, 48); // the directory's first sector
  file.writeUInt32LE(4_096, 56);
  file.writeUInt32LE(tables, 60);
  file.writeUInt32LE(0xff_ff_ff_fe, 68);
  for (let index = 0; index < 109; index++) file.writeUInt32LE(index < tables ? index : 0xff_ff_ff_ff, 76 + index * 4);
  const link = (sector: number): number => (kind === 'circle' ? sector : sector + 1);
  for (let sector = 0; sector < tables + sectors && sector < tables * 128; sector++)
    file.writeUInt32LE(link(sector), SECTOR + sector * 4);
  for (let at = SECTOR * (1 + tables); at + 128 <= file.length; at += 128) {
    file.writeUInt16LE(12, at + 64);
    file.write('R\0o\0o\0t\0', at, 'latin1');
    file.writeUInt8(kind === 'roots' || at === SECTOR * (1 + tables) ? 5 : 2, at + 66);
    file.writeUInt32LE(tables, at + 116);
    file.writeUInt32LE(0x7f_ff_ff_ff, at + 120);
  }
  return file;
}

const BLOCK = 40;

/** The bytes of a number in RAR's own notation, in so many bytes. */
function vint(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, index) => {
    const seven = Number((value >> BigInt(7 * index)) & 0x7fn);
    return index < width - 1 ? seven | 0x80 : seven;
  });
}

/** Each block claims half of the file as its header, and so much data behind it that the sum, as 64 bits, leads to the next block. */
export function rar5Blocks(bytes: number): Buffer {
  const file = Buffer.alloc(bytes, 1);
  Buffer.from('526172211a070100', 'hex').copy(file);
  const header = BigInt(bytes >> 1);
  const data = (1n << 64n) + BigInt(BLOCK - 9) - header;
  const block = [0, 0, 0, 0, ...vint(header, 5), 3, 3, ...vint(header - 64n, 5), ...vint(data, 10)];
  for (let at = 8; at + BLOCK < bytes / 2; at += BLOCK) Buffer.from(block).copy(file, at);
  return file;
}

/** 65,535 sections and segments of no size at all. */
export function elfWith(bytes: number): Buffer {
  const file = Buffer.alloc(bytes);
  Buffer.from('7f454c460201', 'hex').copy(file);
  file.writeUInt16LE(0, 54);
  file.writeUInt16LE(0xff_ff, 56);
  file.writeUInt16LE(0, 58);
  file.writeUInt16LE(0xff_ff, 60);
  return file;
}
