// SPDX-License-Identifier: Apache-2.0
// CRC-32 is no proof: whoever may choose four bytes chooses the sum.
import { crc32 } from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  return value >>> 0;
});

const entry = (index: number): number => TABLE[index] ?? 0;

/** `content` with its last four bytes chosen so that its CRC-32 is that of `other`. */
export function withCheckSum(content: Buffer, other: Buffer): Buffer {
  const kept = content.subarray(0, content.length - 4);
  // Backwards from the sum that is wanted: which entries of the table lead to it; then forwards, with the bytes that take them.
  const steps: number[] = [];
  let wanted = ~crc32(other) >>> 0;
  for (let step = 0; step < 4; step++) {
    const index = TABLE.findIndex((value) => value >>> 24 === wanted >>> 24);
    steps.unshift(index);
    wanted = ((wanted ^ entry(index)) << 8) >>> 0;
  }
  let register = ~crc32(kept) >>> 0;
  const chosen = steps.map((index) => {
    const byte = (register ^ index) & 0xff;
    register = ((register >>> 8) ^ entry(index)) >>> 0;
    return byte;
  });
  return Buffer.concat([kept, Buffer.from(chosen)]);
}
