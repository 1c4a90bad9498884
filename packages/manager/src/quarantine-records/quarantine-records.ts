// SPDX-License-Identifier: Apache-2.0
// The manager's copy of each vault. It owns the table `quarantine_entries`; each change is made in the caller's transaction, which also announces it.
import type { VaultList } from '@lazaret/contract';
import type { TenantTransaction } from '../database/index.ts';

interface VaultOfVm {
  readonly tenantId: string;
  readonly vmId: string;
}

export interface HeldEntry {
  readonly entry: string;
  readonly path: string;
  readonly path_base64: string | null;
  readonly threat: string;
  readonly kind: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly since: Date;
  readonly detection_id: string;
}

/** An entry that a detection made. The vault's own list may have come before: it knows no detection. */
export async function addHeldEntry(
  tx: TenantTransaction,
  { tenantId, vmId }: VaultOfVm,
  entry: HeldEntry,
): Promise<void> {
  const { detection_id } = entry;
  await tx
    .insertInto('quarantine_entries')
    .values({ tenant_id: tenantId, vm_id: vmId, state: 'held', ...entry, error_code: null, error_message: null })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'vm_id', 'entry']).doUpdateSet({ detection_id }))
    .execute();
}

export async function endEntry(
  tx: TenantTransaction,
  vmId: string,
  entry: string,
  state: 'restored' | 'deleted',
): Promise<void> {
  await tx
    .updateTable('quarantine_entries')
    .set({ state, error_code: null, error_message: null })
    .where('vm_id', '=', vmId)
    .where('entry', '=', entry)
    .execute();
}

/** What the last order about an entry failed with; nulls where it was done. */
export async function noteOrderOfEntry(
  tx: TenantTransaction,
  vmId: string,
  entry: string,
  error: { readonly error_code: string | null; readonly error_message: string | null },
): Promise<void> {
  await tx.updateTable('quarantine_entries').set(error).where('vm_id', '=', vmId).where('entry', '=', entry).execute();
}

/** Brings the picture to what the vault holds: entries that are new here are added, those that are not there any more are *missing*. */
export async function followVaultList(
  tx: TenantTransaction,
  { tenantId, vmId }: VaultOfVm,
  { entries }: Pick<VaultList, 'entries'>,
): Promise<void> {
  const readable = entries.filter((entry) => entry.state !== 'damaged');
  for (const { id, path, pathBase64, threats, bytes, sha256, takenAt } of readable) {
    const [threat] = threats;
    await tx
      .insertInto('quarantine_entries')
      .values({
        tenant_id: tenantId,
        vm_id: vmId,
        entry: id,
        state: 'held',
        path,
        path_base64: pathBase64 ?? null,
        threat: threat?.name ?? '',
        kind: threat?.kind ?? 'other',
        bytes,
        sha256,
        since: new Date(takenAt),
        detection_id: null,
        error_code: null,
        error_message: null,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'vm_id', 'entry']).doUpdateSet({ state: 'held' }))
      .execute();
  }
  const held = entries.map(({ id }) => id);
  let missing = tx
    .updateTable('quarantine_entries')
    .set({ state: 'missing' })
    .where('vm_id', '=', vmId)
    .where('state', '=', 'held');
  if (held.length > 0) missing = missing.where('entry', 'not in', held);
  await missing.execute();
}
