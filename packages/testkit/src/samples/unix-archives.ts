// SPDX-License-Identifier: Apache-2.0
// Archives of Unix by hand: cpio (newc), ar, rpm, and a lzip stream.
import { crc32, gzipSync } from 'node:zlib';
import { compressBy, type PackedFile } from './packed.ts';

function padded(bytes: Buffer, to: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
}

function cpioEntry(name: string, content: Buffer, inode: number): Buffer {
  const mode = name === 'TRAILER!!!' ? 0 : 0o100644;
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return Buffer.concat([padded(Buffer.from(head), 4), padded(content, 4)]);
}

export function makeCpio(files: readonly PackedFile[]): Buffer {
  const entries = files.map(({ name, content }, index) => cpioEntry(name, content, index + 1));
  return Buffer.concat([...entries, cpioEntry('TRAILER!!!', Buffer.alloc(0), 0)]);
}

/** `pieces`: names of at most 15 characters. */
export function makeAr(files: readonly PackedFile[]): Buffer {
  const entries = files.map(({ name, content }) => {
    const fields = [`${name}/`.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
    return Buffer.concat([Buffer.from(`${fields.join('')}${`${content.length}`.padEnd(10)}\`\n`), padded(content, 2)]);
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...entries]);
}

/** A lead, an empty signature, a header that names the payload's compression, and a cpio archive in gzip. */
export function makeRpm(files: readonly PackedFile[], pack: (cpio: Buffer) => Buffer = gzipSync): Buffer {
  const lead = Buffer.alloc(96);
  Buffer.from('edabeedb03000000', 'hex').copy(lead);
  lead.write('lazaret-1-1', 10);
  lead.writeUInt16BE(1, 76);
  lead.writeUInt16BE(5, 78);
  return Buffer.concat([lead, padded(rpmHeader(), 8), rpmHeader(), pack(makeCpio(files))]);
}

/** One entry: a string. */
function rpmHeader(): Buffer {
  const store = Buffer.from('cpio\0');
  const head = Buffer.alloc(16 + 16);
  Buffer.from('8eade801', 'hex').copy(head);
  [1, store.length, 1_124, 6, 0, 1].forEach((value, index) => head.writeUInt32BE(value, 8 + index * 4));
  return Buffer.concat([head, store]);
}

/** Raw LZMA by xz, in the frame of lzip. */
export function packLzip(content: Buffer): Buffer {
  const raw = compressBy('xz', content, '--format=raw', '--lzma1=dict=1MiB,lc=3,lp=0,pb=2');
  const head = Buffer.from([...Buffer.from('LZIP'), 1, 20]);
  const end = Buffer.alloc(20);
  end.writeUInt32LE(crc32(content), 0);
  end.writeBigUInt64LE(BigInt(content.length), 4);
  end.writeBigUInt64LE(BigInt(head.length + raw.length + 20), 12);
  return Buffer.concat([head, raw, end]);
}
