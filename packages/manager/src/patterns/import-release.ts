// SPDX-License-Identifier: Apache-2.0
// The provider's releases (PF-6): made of the pattern files of a directory – the starter set, an installed or mirrored ClamAV database, YARA rules, hash
// lists – or of files that were uploaded. A release is named after its bytes: the same bytes are the same release.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import {
  classifyPatternFile,
  listReleaseFiles,
  measureContent,
  releaseIdOf,
  requireContents,
  requireFileSize,
  requireSameFile,
  type ReleaseFile,
} from '@lazaret/patterns';
import type { TenantTransaction } from '../database/index.ts';
import { storeFile } from './files.ts';

/** A file that is to be in a release, and how its bytes are read. */
export interface SourceFile {
  readonly name: string;
  readonly open: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

export interface NewRelease {
  readonly label: string;
  readonly source: string;
  readonly now: Date;
  readonly importedBy: string | null;
}

/** The pattern files of a directory. Throws `path.not_found`, `patterns.empty`, `patterns.file_name`, `patterns.too_large`. */
export function listDirectory(directory: string): readonly SourceFile[] {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new LazaretError('path.not_found', `The directory ${directory} does not exist.`, { where: '/directory' });
  return listReleaseFiles(readdirSync(directory)).flatMap(({ name }) => {
    const path = join(directory, name);
    const stat = statSync(path);
    if (!stat.isFile()) return [];
    requireFileSize(stat.size, path, '/directory');
    return [{ name, open: () => createReadStream(path) as AsyncIterable<Buffer> }];
  });
}

/** Imports, and answers the release's id. In the transaction of the provider's tenant. */
export async function importRelease(
  tx: TenantTransaction,
  files: readonly SourceFile[],
  { label, source, now, importedBy }: NewRelease,
): Promise<string> {
  requireContents(files.map(({ name }) => name));
  const stored = await storeAll(tx, files);
  const id = releaseIdOf(label, stored);
  await tx
    .insertInto('releases')
    .values({
      tenant_id: PROVIDER_TENANT_ID,
      id,
      label,
      state: 'imported',
      source,
      created_at: now,
      imported_at: now,
      imported_by: importedBy,
      activated_at: null,
      files: JSON.stringify(stored),
      bytes: stored.reduce((sum, { bytes }) => sum + bytes, 0),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .execute();
  return id;
}

/** Each name once: no VM takes a release that lists one twice. Throws `patterns.duplicate`. */
async function storeAll(tx: TenantTransaction, files: readonly SourceFile[]): Promise<readonly ReleaseFile[]> {
  const stored = new Map<string, ReleaseFile>();
  for (const { name, open } of files) {
    const file = { name, ...(await measureContent(open())) };
    const known = stored.get(name);
    if (known === undefined) {
      await storeFile(tx, PROVIDER_TENANT_ID, file, open());
      stored.set(name, file);
    } else requireSameFile({ name, kind: classifyPatternFile(name) }, known.sha256, file.sha256);
  }
  return [...stored.values()];
}

/** Makes it the one that agents are to have; the one before stays, so that one command goes back (PF-4d). */
export async function activateRelease(tx: TenantTransaction, id: string, now: Date): Promise<void> {
  const release = await tx
    .selectFrom('releases')
    .select('state')
    .where('tenant_id', '=', PROVIDER_TENANT_ID)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (release === undefined) throw new LazaretError('api.not_found', 'This release does not exist.');
  if (release.state === 'active') return;
  const own = tx.updateTable('releases').where('tenant_id', '=', PROVIDER_TENANT_ID);
  await own.set({ state: 'imported' }).where('state', '=', 'active').execute();
  await own.set({ state: 'active', activated_at: now }).where('id', '=', id).execute();
}
