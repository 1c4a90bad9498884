// SPDX-License-Identifier: Apache-2.0
// What a page costs to load: the files of the build that it asked for, each in its brotli form where there is one, which is what a browser gets from the
// manager over TLS (apps/console/compressed-files.ts). The page itself goes out as it is, with its nonce. Answers of the API are left out.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../apps/console/dist');

/** KB are of 1,024 bytes, as everywhere in the console. */
export const BUILT_BYTES_MAX = 300 * 1_024;

export function builtBytes(urls: readonly string[]): number {
  const asked = urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).pathname);
  const files = [...new Set(['/index.html', ...asked])]
    .map((path) => join(DIST, path))
    .filter((path) => existsSync(path) && statSync(path).isFile());
  return files
    .map((path) => statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size)
    .reduce((sum, size) => sum + size, 0);
}
