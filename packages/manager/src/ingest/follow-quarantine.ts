// SPDX-License-Identifier: Apache-2.0
// The manager's picture of each vault: what events say of it. What a vault itself lists (`applyVaultList`) is the truth and corrects the picture, as when
// an older image of the VM came back.
import type { AgentEvent, Detection, VaultList } from '@lazaret/contract';
import { notifyLive } from '../database/index.ts';
import type { IngestContext } from './context.ts';

export async function followQuarantine(context: IngestContext, event: AgentEvent): Promise<void> {
  if (event.type === 'detection') return await addEntry(context, event);
  if (event.type === 'quarantine.restored') return await endEntry(context, event.entry, 'restored');
  if (event.type === 'quarantine.deleted') return await endEntry(context, event.entry, 'deleted');
}

async function addEntry({ tx, tenantId, vmId }: IngestContext, event: Detection): Promise<void> {
  const entry = event.action?.quarantineId;
  const [threat] = event.threats;
  if (entry === undefined || threat === undefined) return;
  const row = {
    tenant_id: tenantId,
    vm_id: vmId,
    entry,
    state: 'held' as const,
    path: event.path,
    path_base64: event.pathBase64 ?? null,
    threat: threat.name,
    kind: threat.kind,
    bytes: event.bytes,
    sha256: event.sha256,
    since: new Date(event.time),
    detection_id: event.id,
    error_code: null,
    error_message: null,
  };
  // The vault's own list may have come before: it knows no detection.
  await tx
    .insertInto('quarantine_entries')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'vm_id', 'entry']).doUpdateSet({ detection_id: event.id }))
    .execute();
  await notifyLive(tx, tenantId, 'quarantine', vmId);
}

async function endEntry(
  { tx, tenantId, vmId }: IngestContext,
  entry: string,
  state: 'restored' | 'deleted',
): Promise<void> {
  await tx
    .updateTable('quarantine_entries')
    .set({ state, error_code: null, error_message: null })
    .where('vm_id', '=', vmId)
    .where('entry', '=', entry)
    .execute();
  if (state === 'restored') {
    await tx
      .updateTable('detections')
      .set({ result: 'restored' })
      .where('vm_id', '=', vmId)
      .where('quarantine_entry', '=', entry)
      .execute();
    await notifyLive(tx, tenantId, 'detections');
  }
  await notifyLive(tx, tenantId, 'quarantine', vmId);
}

/** Brings the picture to what the vault holds: entries that are new here are added, those that are not there any more are *missing*. */
export async function applyVaultList({ tx, tenantId, vmId }: IngestContext, list: VaultList): Promise<void> {
  const readable = list.entries.filter((entry) => entry.state !== 'damaged');
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
  const held = list.entries.map(({ id }) => id);
  let missing = tx
    .updateTable('quarantine_entries')
    .set({ state: 'missing' })
    .where('vm_id', '=', vmId)
    .where('state', '=', 'held');
  if (held.length > 0) missing = missing.where('entry', 'not in', held);
  await missing.execute();
  await tx.updateTable('vms').set({ vault_hash: list.hash }).where('id', '=', vmId).execute();
  await notifyLive(tx, tenantId, 'quarantine', vmId);
}
