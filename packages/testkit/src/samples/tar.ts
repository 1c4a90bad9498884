// SPDX-License-Identifier: Apache-2.0
// Plain tar archives (ustar), and tar.gz inside tar.gz.
import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
}

export function makeTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function header(name: string, bytes: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `content` in a tar.gz in a tar.gz …, `depth` times. */
export function nestTarGz(content: Buffer, depth: number, name = 'marker.txt'): Buffer {
  let bytes = content;
  for (let layer = 1; layer <= depth; layer++)
    bytes = gzipSync(makeTar([{ name: layer === 1 ? name : `layer-${layer - 1}.tgz`, content: bytes }]), { level: 1 });
  return bytes;
}
