// SPDX-License-Identifier: Apache-2.0
// The provider's releases (PF-6): made of the pattern files of a directory – the starter set, an installed or mirrored ClamAV database, YARA rules, hash
// lists – or of files that were uploaded. A release is named after its bytes: the same bytes are the same release.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import {
  classifyPatternFile,
  isReleaseFileName,
  measureContent,
  RELEASE_LIMITS,
  releaseIdOf,
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
    throw new LazaretError('path.not_found', `There is no directory ${directory}.`, { where: '/directory' });
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (classifyPatternFile(name) === 'other' || !statSync(path).isFile()) return [];
    if (statSync(path).size > RELEASE_LIMITS.fileBytesMax)
      throw new LazaretError('patterns.too_large', `${path} is larger than 2 GiB.`, { where: '/directory' });
    return [{ name, open: () => createReadStream(path) as AsyncIterable<Buffer> }];
  });
}

/** Puts tables of the starter set beside files that bring none: a release is whole by itself, with EICAR for the agents' self-test. */
export function withStarter(files: readonly SourceFile[], starter: readonly SourceFile[]): readonly SourceFile[] {
  const names = new Set(files.map(({ name }) => name));
  return [...files, ...starter.filter(({ name }) => !names.has(name))];
}

/** Imports, and answers the release's id. In the transaction of the provider's tenant. */
export async function importRelease(
  tx: TenantTransaction,
  files: readonly SourceFile[],
  { label, source, now, importedBy }: NewRelease,
): Promise<string> {
  requirePatterns(files);
  const stored: ReleaseFile[] = [];
  for (const { name, open } of files) {
    const file = { name, ...(await measureContent(open())) };
    await storeFile(tx, PROVIDER_TENANT_ID, file, open());
    stored.push(file);
  }
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

function requirePatterns(files: readonly SourceFile[]): void {
  const strange = files.find(({ name }) => !isReleaseFileName(name));
  if (strange !== undefined)
    throw new LazaretError('patterns.file_name', `A pattern file may not be named ${JSON.stringify(strange.name)}.`);
  if (files.length > RELEASE_LIMITS.filesMax) throw new LazaretError('patterns.too_large', 'These are too many files.');
  if (!files.some(({ name }) => ['clamav', 'yara'].includes(classifyPatternFile(name))))
    throw new LazaretError('patterns.empty', 'There is no pattern file (ClamAV or YARA) among them.');
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
  if (release === undefined) throw new LazaretError('api.not_found', 'There is no such release.');
  if (release.state === 'active') return;
  const own = tx.updateTable('releases').where('tenant_id', '=', PROVIDER_TENANT_ID);
  await own.set({ state: 'imported' }).where('state', '=', 'active').execute();
  await own.set({ state: 'active', activated_at: now }).where('id', '=', id).execute();
}
