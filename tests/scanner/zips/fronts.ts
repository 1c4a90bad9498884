// SPDX-License-Identifier: Apache-2.0
// What may stand before an archive: bytes that are no container by their head.

export const jpeg = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  Buffer.alloc(1_900, 7),
  Buffer.from('ffd9', 'hex'),
]);

/** A Windows program with one section of so many bytes, of which 512 are there. */
export function program(sectionBytes: number): Buffer {
  const out = Buffer.alloc(1_024);
  out.write('MZ');
  out.writeUInt32LE(64, 60);
  out.write('PE\0\0', 64, 'latin1');
  out.writeUInt16LE(1, 70);
  out.write('.text', 88);
  out.writeUInt32LE(sectionBytes, 104);
  out.writeUInt32LE(512, 108);
  return out;
}
