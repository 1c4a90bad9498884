// SPDX-License-Identifier: Apache-2.0
// Releases as the API shows them, with the number of a tenant's VMs that have each.
import { PROVIDER_TENANT_ID, type PatternRelease, type PatternsOverview, type VmReport } from '@lazaret/contract';
import type { TenantTransaction } from '../database/index.ts';

const RELEASES_MAX = 200;

export async function listReleases(
  tx: TenantTransaction,
  tenantIds: readonly string[],
): Promise<readonly PatternRelease[]> {
  const counts = await countByRelease(tx);
  const rows = await tx
    .selectFrom('releases')
    .selectAll()
    .where('tenant_id', 'in', [...tenantIds])
    .orderBy('imported_at', 'desc')
    .orderBy('id')
    .limit(RELEASES_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    state: row.state,
    source: row.source,
    importedAt: row.imported_at.toISOString(),
    importedBy: row.imported_by,
    activatedAt: row.activated_at?.toISOString() ?? null,
    files: (row.files as readonly unknown[]).length,
    bytes: Number(row.bytes),
    vms: counts.get(row.id) ?? 0,
  }));
}

export async function readOverview(tx: TenantTransaction, tenantId: string): Promise<PatternsOverview> {
  const releases = await listReleases(tx, [tenantId, PROVIDER_TENANT_ID]);
  const counts = await countByRelease(tx);
  const known = new Set(releases.map(({ id }) => id));
  const others = [...counts].filter(([id]) => id !== null && !known.has(id));
  return {
    releases: [...releases],
    vmsOther: others.reduce((sum, [, count]) => sum + count, 0),
    vmsNone: counts.get(null) ?? 0,
    lastCheckAt: await lastCheck(tx),
  };
}

async function countByRelease(tx: TenantTransaction): Promise<ReadonlyMap<string | null, number>> {
  const rows = await tx
    .selectFrom('vms')
    .select(['release', (build) => build.fn.countAll<string>().as('count')])
    .where('membership', '!=', 'retired')
    .groupBy('release')
    .execute();
  return new Map(rows.map(({ release, count }) => [release, Number(count)]));
}

async function lastCheck(tx: TenantTransaction): Promise<string | null> {
  const rows = await tx.selectFrom('vms').select('report').where('report', 'is not', null).limit(1_000).execute();
  const times = rows.flatMap(({ report }) => (report as VmReport | null)?.patterns.checkedAt ?? []);
  return times.toSorted((left, right) => left.localeCompare(right)).at(-1) ?? null;
}
