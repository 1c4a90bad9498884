// SPDX-License-Identifier: Apache-2.0
// Cabinet files by hand: one folder, stored or as MSZIP, or with another method's number over the same bytes.
import { deflateRawSync } from 'node:zlib';
import type { PackedFile } from './packed.ts';

export interface CabOptions {
  /** 0 stored (default), 1 MSZIP, 2 Quantum, 3 LZX: the last two are only claimed. */
  readonly method?: number;
  readonly claimedBytes?: number;
  /** The next cabinet's name: the last file says that it goes on there. */
  readonly next?: string;
}

const BLOCK = 32_768;

/** The words of four bytes, one upon the other; what is left over counts from the other end. */
function checkSum(bytes: Buffer): number {
  const whole = bytes.length - (bytes.length % 4);
  let sum = 0;
  for (let at = 0; at < whole; at += 4) sum ^= bytes.readUInt32LE(at);
  const rest = bytes.subarray(whole).reduce((value, byte) => value * 256 + byte, 0);
  return (sum ^ rest) >>> 0;
}

function dataBlocks(content: Buffer, method: number): Buffer[] {
  return Array.from({ length: Math.ceil(content.length / BLOCK) }, (_, index) => {
    const plain = content.subarray(index * BLOCK, (index + 1) * BLOCK);
    const packed = method === 1 ? Buffer.concat([Buffer.from('CK'), deflateRawSync(plain)]) : plain;
    const head = Buffer.alloc(8);
    head.writeUInt16LE(packed.length, 4);
    head.writeUInt16LE(plain.length, 6);
    head.writeUInt32LE((checkSum(packed) ^ checkSum(head.subarray(4))) >>> 0, 0);
    return Buffer.concat([head, packed]);
  });
}

function fileEntries(files: readonly PackedFile[], options: CabOptions): Buffer {
  let at = 0;
  const entries = files.map(({ name, content }, index) => {
    const goesOn = options.next !== undefined && index === files.length - 1;
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(options.claimedBytes ?? content.length, 0);
    entry.writeUInt32LE(at, 4);
    entry.writeUInt16LE(goesOn ? 0xff_fe : 0, 8);
    entry.writeUInt16LE(0x5a_21, 10);
    entry.writeUInt16LE(0x20, 14);
    at += content.length;
    return Buffer.concat([entry, Buffer.from(`${name}\0`)]);
  });
  return Buffer.concat(entries);
}

export function makeCab(files: readonly PackedFile[], options: CabOptions = {}): Buffer {
  const method = options.method ?? 0;
  const blocks = dataBlocks(Buffer.concat(files.map(({ content }) => content)), method);
  const entries = fileEntries(files, options);
  const next = options.next === undefined ? Buffer.alloc(0) : Buffer.from(`${options.next}\0disk 2\0`);
  const folder = Buffer.alloc(8);
  const dataAt = 36 + next.length + 8 + entries.length;
  folder.writeUInt32LE(dataAt, 0);
  folder.writeUInt16LE(blocks.length, 4);
  folder.writeUInt16LE(method, 6);
  const data = Buffer.concat(blocks);
  const head = Buffer.alloc(36);
  head.write('MSCF');
  head.writeUInt32LE(dataAt + data.length, 8);
  head.writeUInt32LE(36 + next.length + 8, 16);
  head.set([3, 1], 24);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(files.length, 28);
  head.writeUInt16LE(next.length > 0 ? 2 : 0, 30);
  return Buffer.concat([head, next, folder, entries, data]);
}
