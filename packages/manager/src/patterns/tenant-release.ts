// SPDX-License-Identifier: Apache-2.0
// The release of a tenant that has its own signatures: the provider's files with the tenant's beside them. Only that tenant sees it, because its row and its
// files belong to the tenant (PF-6e). It is made again whenever either side changes.
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import {
  kindsWith,
  manifestSchema,
  releaseIdOf,
  isTenantFile,
  requireContents,
  signatureFiles,
  TABLE_FILES,
  tenantSource,
  tenantTable,
  type OwnSignature,
  type ReleaseFile,
} from '@lazaret/patterns';
import type { ThreatKind } from '@lazaret/core';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { fileOfText, readFileText, storeFile } from './files.ts';

export async function composeTenantRelease(tx: TenantTransaction, tenantId: string, now: Date): Promise<void> {
  const signatures = await readActive(tx);
  const base = await tx
    .selectFrom('releases')
    .select(['label', 'files'])
    .where('tenant_id', '=', PROVIDER_TENANT_ID)
    .where('state', '=', 'active')
    .executeTakeFirst();
  const own = tx.updateTable('releases').where('tenant_id', '=', tenantId);
  await own.set({ state: 'withdrawn' }).where('state', '=', 'active').execute();
  if (base !== undefined && signatures.length > 0) await compose(tx, { tenantId, now, base, signatures });
  await notifyLive(tx, tenantId, 'patterns');
}

async function readActive(tx: TenantTransaction): Promise<readonly OwnSignature[]> {
  const rows = await tx
    .selectFrom('signatures')
    .select(['kind', 'name', 'body', 'threat_kind'])
    .where('state', '=', 'active')
    .orderBy('name')
    .execute();
  return rows.map(({ kind, name, body, threat_kind }) => ({ kind, name, body, threatKind: threat_kind as ThreatKind }));
}

interface Parts {
  readonly tenantId: string;
  readonly now: Date;
  readonly base: { readonly label: string; readonly files: unknown };
  readonly signatures: readonly OwnSignature[];
}

async function compose(tx: TenantTransaction, { tenantId, now, base, signatures }: Parts): Promise<void> {
  const files: ReleaseFile[] = [];
  for (const file of manifestSchema.shape.files.parse(base.files)) {
    // These names are the tenant's own files, which follow.
    if (isTenantFile(file.name)) continue;
    const text = file.name === TABLE_FILES.kinds ? await readFileText(tx, file.sha256) : null;
    const table = text === null ? null : kindsWith({ text, where: file.name }, signatures);
    files.push(table === null ? file : await storeText(tx, tenantId, file.name, table));
  }
  files.push(await storeText(tx, tenantId, TABLE_FILES.tenant, tenantTable(signatures)));
  for (const { name, text } of signatureFiles(signatures)) files.push(await storeText(tx, tenantId, name, text));
  requireContents(files.map(({ name }) => name));
  const row = {
    ...tenantSource(base.label, signatures.length),
    state: 'active' as const,
    activated_at: now,
    files: JSON.stringify(files),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  await tx
    .insertInto('releases')
    .values({
      tenant_id: tenantId,
      id: releaseIdOf(row.label, files),
      created_at: now,
      imported_at: now,
      imported_by: null,
      ...row,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ state: 'active', activated_at: now }))
    .execute();
}

async function storeText(tx: TenantTransaction, tenantId: string, name: string, text: string): Promise<ReleaseFile> {
  const { file, content } = fileOfText(name, text);
  await storeFile(tx, tenantId, file, [content]);
  return file;
}
