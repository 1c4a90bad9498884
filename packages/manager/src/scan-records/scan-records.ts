// SPDX-License-Identifier: Apache-2.0
// The manager's copy of each scan, from the order to its end. It owns the table `scans`; each change is made in the caller's transaction, which also announces
// it.
import type { TenantTransaction } from '../database/index.ts';

const OPEN = ['queued', 'running', 'paused'];
const ENDED = new Set(['done', 'cancelled', 'incomplete', 'skipped', 'failed']);

export interface QueuedScan {
  readonly tenantId: string;
  readonly id: string;
  readonly vmId: string;
  readonly scope: string;
  readonly paths: readonly string[];
  readonly requestedBy: string;
  readonly now: Date;
}

/** One that a person asked for, before its VM knows of it. */
export async function addQueuedScan(tx: TenantTransaction, scan: QueuedScan): Promise<void> {
  const { tenantId, id, vmId, scope, paths, requestedBy, now } = scan;
  await tx
    .insertInto('scans')
    .values({
      tenant_id: tenantId,
      id,
      vm_id: vmId,
      origin: 'manual',
      scope,
      paths: JSON.stringify(paths),
      state: 'queued',
      why: null,
      requested_by: requestedBy,
      queued_at: now,
      started_at: null,
      ended_at: null,
      progress: null,
      summary: null,
    })
    .execute();
}

/** Taken back before the VM fetched it. */
export async function cancelScan(tx: TenantTransaction, id: string, now: Date): Promise<void> {
  await tx.updateTable('scans').set({ state: 'cancelled', ended_at: now }).where('id', '=', id).execute();
}

/** The VM could not do what it was asked. */
export async function failOpenScan(
  tx: TenantTransaction,
  { id, vmId }: { readonly id: string; readonly vmId: string },
  why: string | null,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('scans')
    .set({ state: 'failed', why, ended_at: now })
    .where('id', '=', id)
    .where('vm_id', '=', vmId)
    .where('state', 'in', OPEN)
    .execute();
}

/** Their VMs never heard of them. */
export async function failQueuedScans(
  tx: TenantTransaction,
  ids: readonly string[],
  why: string,
  now: Date,
): Promise<void> {
  const ended = { state: 'failed', why, ended_at: now };
  await tx.updateTable('scans').set(ended).where('id', 'in', ids).where('state', '=', 'queued').execute();
}

export interface Run {
  readonly id: string;
  readonly vmId: string;
  readonly state: string;
  readonly startedAt: Date;
  readonly progress: object;
}

/** How far a run is; one that has ended meanwhile stays ended. */
export async function noteRun(tx: TenantTransaction, { id, vmId, state, startedAt, progress }: Run): Promise<void> {
  await tx
    .updateTable('scans')
    .set({ state, started_at: startedAt, progress: JSON.stringify(progress) })
    .where('id', '=', id)
    .where('vm_id', '=', vmId)
    .where('state', 'in', OPEN)
    .execute();
}

export interface ScanChange {
  readonly id: string;
  readonly origin: string;
  readonly state: string;
  readonly scope?: string;
  readonly why?: string;
  readonly started_at?: Date;
  readonly ended_at?: Date;
  readonly summary?: string;
}

/** What a VM's event says of a scan, whether it has a row already or not. */
export async function upsertScan(
  tx: TenantTransaction,
  change: ScanChange & { readonly tenant_id: string; readonly vm_id: string },
): Promise<void> {
  const { id, tenant_id, vm_id, origin, scope = 'full', ...rest } = change;
  const empty = {
    why: null,
    requested_by: null,
    queued_at: null,
    started_at: null,
    ended_at: null,
    progress: null,
    summary: null,
  };
  const ends = ENDED.has(change.state);
  await tx
    .insertInto('scans')
    .values({ id, tenant_id, vm_id, origin, scope, paths: '[]', ...empty, ...rest })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'id'])
        .doUpdateSet(ends ? { ...rest, progress: null } : rest)
        // Another VM's scan is not changed by this one, whatever id it names.
        .where('scans.vm_id', '=', vm_id),
    )
    .execute();
}
