// SPDX-License-Identifier: Apache-2.0
// The files of releases in the database, by their hash: every manager has them, and a file of two releases is stored once.
import { measureBytes, type ReleaseFile } from '@lazaret/patterns';
import type { TenantTransaction } from '../database/index.ts';

const PART_BYTES = 1024 * 1024;

/** Stores the chunks of one file. `sha256` is known before: a file that is there already is not written again. */
export async function storeFile(
  tx: TenantTransaction,
  tenantId: string,
  file: ReleaseFile,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const there = await tx
    .selectFrom('file_parts')
    .select('part')
    .where('tenant_id', '=', tenantId)
    .where('sha256', '=', file.sha256)
    .executeTakeFirst();
  if (there !== undefined) return;
  let part = 0;
  for await (const bytes of inParts(chunks)) {
    const row = { tenant_id: tenantId, sha256: file.sha256, part: part++, bytes };
    await tx.insertInto('file_parts').values(row).execute();
  }
  // An empty file is a file.
  if (part === 0)
    await tx
      .insertInto('file_parts')
      .values({ tenant_id: tenantId, sha256: file.sha256, part: 0, bytes: Buffer.alloc(0) })
      .execute();
}

/** A small file as text; null where there is none. Of the tenant's own files or the provider's. */
export async function readFileText(tx: TenantTransaction, sha256: string): Promise<string | null> {
  const rows = await tx
    .selectFrom('file_parts')
    .select(['tenant_id', 'bytes'])
    .where('sha256', '=', sha256)
    .orderBy('tenant_id')
    .orderBy('part')
    .execute();
  const [first] = rows;
  if (first === undefined) return null;
  const own = rows.filter(({ tenant_id }) => tenant_id === first.tenant_id);
  return Buffer.concat(own.map(({ bytes }) => bytes)).toString('utf8');
}

export function fileOfText(name: string, text: string): { readonly file: ReleaseFile; readonly content: Buffer } {
  const content = Buffer.from(text);
  return { file: { name, ...measureBytes(content) }, content };
}

async function* inParts(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
