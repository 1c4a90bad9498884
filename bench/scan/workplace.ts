// SPDX-License-Identifier: Apache-2.0
// What all contestants share: one tree copied from /usr (so that nobody else changes it), one set of patterns, one list.
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TreeWalk } from '@lazaret/safefs';
import { writePatterns } from '../patterns.ts';

export interface Workplace {
  readonly directory: string;
  readonly tree: string;
  readonly patterns: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly signatures: number;
}

/** A single huge file would be a measurement of itself. */
const FILE_BYTES_MAX = 20 * 2 ** 20;

export async function makeWorkplace(wanted: { readonly files: number; readonly bytes: number }): Promise<Workplace> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-bench-'));
  const tree = join(directory, 'tree');
  const patterns = join(directory, 'patterns');
  const signatures = writePatterns(patterns);
  const { files, bytes } = await copyTree(tree, wanted);
  return { directory, tree, patterns, files, bytes, signatures };
}

/** Every n-th file of /usr, so that programs, libraries, documents and scripts come in their own proportion. */
async function copyTree(
  tree: string,
  wanted: { readonly files: number; readonly bytes: number },
): Promise<{ files: string[]; bytes: number }> {
  const all = await listUsr();
  const total = all.reduce((sum, { size }) => sum + size, 0);
  const step = Math.max(1, Math.min(Math.floor(all.length / wanted.files), Math.floor(total / wanted.bytes)));
  const files: string[] = [];
  let bytes = 0;
  for (let index = 0; index < all.length && (files.length < wanted.files || bytes < wanted.bytes); index += step) {
    const { path, size } = all[index] ?? { path: '', size: 0 };
    const copy = join(tree, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
    files.push(copy);
    bytes += size;
  }
  return { files, bytes };
}

async function listUsr(): Promise<{ path: string; size: number }[]> {
  const walk = new TreeWalk({ root: Buffer.from('/usr') });
  const found: { path: string; size: number }[] = [];
  for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
    for (const entry of batch) {
      const { size } = entry.identity;
      if (entry.type === 'regular' && size > 0 && size <= FILE_BYTES_MAX)
        found.push({ path: entry.path.toString(), size });
    }
  }
  return found;
}
