// SPDX-License-Identifier: Apache-2.0
// Updates the manager's copy of each vault from events. What a vault itself lists (`applyVaultList`) is the truth and corrects the copy, for example when an
// older image of the VM was restored.
import type { AgentEvent, Detection, VaultList } from '@lazaret/contract';
import { notifyLive } from '../database/index.ts';
import { addHeldEntry, endEntry, followVaultList } from '../quarantine-records/index.ts';
import { keepVaultHash } from '../vms/index.ts';
import type { IngestContext } from './context.ts';

export async function followQuarantine(context: IngestContext, event: AgentEvent): Promise<void> {
  if (event.type === 'detection') return await followAdded(context, event);
  if (event.type === 'quarantine.restored') return await followEnd(context, event.entry, 'restored');
  if (event.type === 'quarantine.deleted') return await followEnd(context, event.entry, 'deleted');
}

async function followAdded({ tx, tenantId, vmId }: IngestContext, event: Detection): Promise<void> {
  const entry = event.action?.quarantineId;
  const [threat] = event.threats;
  if (entry === undefined || threat === undefined) return;
  await addHeldEntry(
    tx,
    { tenantId, vmId },
    {
      entry,
      path: event.path,
      path_base64: event.pathBase64 ?? null,
      threat: threat.name,
      kind: threat.kind,
      bytes: event.bytes,
      sha256: event.sha256,
      since: new Date(event.time),
      detection_id: event.id,
    },
  );
  await notifyLive(tx, tenantId, 'quarantine', vmId);
}

async function followEnd(
  { tx, tenantId, vmId }: IngestContext,
  entry: string,
  state: 'restored' | 'deleted',
): Promise<void> {
  await endEntry(tx, vmId, entry, state);
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

/** Brings the picture to what the vault itself lists. */
export async function applyVaultList({ tx, tenantId, vmId }: IngestContext, list: VaultList): Promise<void> {
  await followVaultList(tx, { tenantId, vmId }, list);
  await keepVaultHash(tx, vmId, list.hash);
  await notifyLive(tx, tenantId, 'quarantine', vmId);
}
