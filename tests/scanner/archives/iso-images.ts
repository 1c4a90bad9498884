// SPDX-License-Identifier: Apache-2.0
// ISO 9660 images as no program makes them, record by record: folders from block 18 on, one block each, then the content.
const BLOCK = 2_048;
const FIRST = 18;

export interface IsoFolder {
  readonly records: readonly Buffer[];
}

function both(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value, at);
  bytes.writeUInt32BE(value, at + 4);
}

export function isoRecord(
  name: string | Buffer,
  place: { readonly block: number; readonly bytes: number; readonly folder?: boolean; readonly more?: boolean },
  systemUse: Buffer = Buffer.alloc(0),
): Buffer {
  const text = Buffer.from(name);
  const padded = 33 + text.length + (text.length % 2 === 0 ? 1 : 0);
  const record = Buffer.alloc(padded + systemUse.length + ((padded + systemUse.length) % 2));
  record.writeUInt8(record.length, 0);
  both(record, place.block, 2);
  both(record, place.bytes, 10);
  record.writeUInt8((place.folder ? 2 : 0) | (place.more ? 0x80 : 0), 25);
  record.writeUInt8(text.length, 32);
  text.copy(record, 33);
  systemUse.copy(record, padded);
  return record;
}

/** `rootUse`: the system use area of the root's own record. The content follows the folders. */
export function isoImage(folders: readonly IsoFolder[], content: Buffer = Buffer.alloc(0), rootUse?: Buffer): Buffer {
  const image = Buffer.alloc((FIRST + folders.length) * BLOCK);
  const root = isoRecord(Buffer.from([0]), { block: FIRST, bytes: BLOCK, folder: true });
  image.write('\x01CD001\x01', 16 * BLOCK, 'latin1');
  image.writeUInt16LE(BLOCK, 16 * BLOCK + 128);
  root.copy(image, 16 * BLOCK + 156);
  image.write('\xffCD001\x01', 17 * BLOCK, 'latin1');
  folders.forEach(({ records }, index) => {
    const self = { block: FIRST + index, bytes: BLOCK, folder: true };
    let at = (FIRST + index) * BLOCK;
    const own = isoRecord(Buffer.from([0]), self, index === 0 ? rootUse : undefined);
    for (const record of [own, isoRecord(Buffer.from([1]), self), ...records]) at += record.copy(image, at);
  });
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([image, content, padding]);
}
