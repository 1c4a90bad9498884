// SPDX-License-Identifier: Apache-2.0
// The pattern release of a tenant – its own, with its signatures beside the provider's files, or else the provider's – and the bytes of its files.
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { offeredReleaseSchema, type OfferedRelease } from '@lazaret/contract';
import { chooseOffered, offeringTenants, sourceOfManager } from '@lazaret/patterns';
import type { Database, TenantTransaction } from '../database/index.ts';

export async function offeredReleaseId(tx: TenantTransaction, tenantId: string, own: boolean): Promise<string | null> {
  return (await findRelease(tx, tenantId, own))?.id ?? null;
}

export async function readRelease(
  tx: TenantTransaction,
  tenantId: string,
  own: boolean,
): Promise<OfferedRelease | null> {
  const found = await findRelease(tx, tenantId, own);
  if (found === null) return null;
  const { id, created_at, source, files } = found;
  return offeredReleaseSchema.parse({
    id,
    createdAt: created_at.toISOString(),
    source: sourceOfManager(source),
    files,
  });
}

async function findRelease(tx: TenantTransaction, tenantId: string, own: boolean) {
  const rows = await tx
    .selectFrom('releases')
    .select(['tenant_id', 'id', 'created_at', 'source', 'files'])
    .where('state', '=', 'active')
    .where('tenant_id', 'in', offeringTenants(tenantId, own))
    .execute();
  return chooseOffered(rows, tenantId, own);
}

/** Whose the bytes of a release's file are; null: there is no such release for this VM, or no such file in it. */
export async function findFileOwner(
  tx: TenantTransaction,
  tenantId: string,
  { id, sha256, own }: { readonly id: string; readonly sha256: string; readonly own: boolean },
): Promise<string | null> {
  const release = await tx
    .selectFrom('releases')
    .select('files')
    .where('id', '=', id)
    .where('tenant_id', 'in', offeringTenants(tenantId, own))
    .where(sql<boolean>`files @> ${JSON.stringify([{ sha256 }])}::jsonb`)
    .executeTakeFirst();
  if (release === undefined) return null;
  const part = await tx
    .selectFrom('file_parts')
    .select('tenant_id')
    .where('sha256', '=', sha256)
    .where('part', '=', 0)
    .executeTakeFirst();
  return part?.tenant_id ?? null;
}

/** The bytes of one file, part by part, each in a transaction of its own: a slow VM holds no connection. */
export function openReleaseFile(database: Database, tenantId: string, owner: string, sha256: string): Readable {
  return Readable.from(parts(database, tenantId, owner, sha256));
}

async function* parts(database: Database, tenantId: string, owner: string, sha256: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const row = await database.asTenant(tenantId, (tx) =>
      tx
        .selectFrom('file_parts')
        .select('bytes')
        .where('tenant_id', '=', owner)
        .where('sha256', '=', sha256)
        .where('part', '=', part)
        .executeTakeFirst(),
    );
    if (row === undefined) return;
    yield row.bytes;
  }
}
