// SPDX-License-Identifier: Apache-2.0
// Where this command line's product lies: found from its own place, moved by LAZARET_STATE and LAZARET_RUN.
import { fileURLToPath } from 'node:url';
import { productPaths, type ProductPaths } from '@lazaret/platform';

export function ownPaths(): ProductPaths {
  const programs = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
  return productPaths(programs, process.env);
}
