// SPDX-License-Identifier: Apache-2.0
// Writes each file of the build compressed beside itself (`.br`, `.gz`), so that the manager compresses nothing while somebody waits.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(?:js|css|svg|json|txt)$/;
/** Below that the head of the answer is most of it. */
const BYTES_LEAST = 1_024;

export function compressedFiles(): Plugin {
  return {
    name: 'lazaret-compressed-files',
    apply: 'build',
    writeBundle: ({ dir = '' }) => {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
        if (COMPRESSIBLE.test(name)) compressFile(join(dir, name));
    },
  };
}

function compressFile(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < BYTES_LEAST) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
