// SPDX-License-Identifier: Apache-2.0
import { compressBy, packCompress } from '@lazaret/testkit';

/** The single streams that libarchive reads. */
export function bzip2Like(content: Buffer): Buffer[] {
  return [
    compressBy('bzip2', content),
    packCompress(content),
    compressBy('xz', content),
    compressBy('xz', content, '--format=lzma'),
    compressBy('zstd', content, '-q'),
    compressBy('lz4', content, '-q'),
  ];
}
