// SPDX-License-Identifier: Apache-2.0
// XAR archives by hand: a packed table of contents in XML, and a heap of stored or packed members.
import { deflateSync } from 'node:zlib';
import type { PackedFile } from './packed.ts';

export interface XarOptions {
  /** The style that the members claim; `application/octet-stream` (default) and `application/x-gzip` are as they say. */
  readonly encoding?: string;
  readonly claimedBytes?: number;
  /** Of the table of contents, unpacked. */
  readonly claimedTableBytes?: bigint;
  /** In place of the table. */
  readonly table?: string;
}

export function makeXar(files: readonly PackedFile[], options: XarOptions = {}): Buffer {
  const encoding = options.encoding ?? 'application/octet-stream';
  let at = 0;
  const heap: Buffer[] = [];
  const entries = files.map(({ name, content }, index) => {
    const packed = encoding === 'application/x-gzip' ? deflateSync(content) : content;
    heap.push(packed);
    const data = `<data><length>${packed.length}</length><encoding style="${encoding}"/><offset>${at}</offset><size>${options.claimedBytes ?? content.length}</size></data>`;
    at += packed.length;
    return `<file id="${index + 1}">${data}<type>file</type><name>${name}</name></file>`;
  });
  const table = Buffer.from(options.table ?? `<?xml version="1.0"?><xar><toc>${entries.join('')}</toc></xar>`);
  const packedTable = deflateSync(table);
  const head = Buffer.alloc(28);
  head.write('xar!');
  head.writeUInt16BE(28, 4);
  head.writeUInt16BE(1, 6);
  head.writeBigUInt64BE(BigInt(packedTable.length), 8);
  head.writeBigUInt64BE(options.claimedTableBytes ?? BigInt(table.length), 16);
  return Buffer.concat([head, packedTable, ...heap]);
}
