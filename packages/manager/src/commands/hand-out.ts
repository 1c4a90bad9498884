// SPDX-License-Identifier: Apache-2.0
// Decides which commands a VM gets now. A command that was sent, but that the VM does not know, is sent again, because the answer may have been lost.
import { commandBodySchema, LINK_LIMITS, preconditionSchema, type LinkCommand } from '@lazaret/contract';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { failQueuedScans } from '../scan-records/index.ts';

export async function handOut(
  tx: TenantTransaction,
  { tenantId, vmId, now }: { readonly tenantId: string; readonly vmId: string; readonly now: Date },
  known: readonly string[],
): Promise<readonly LinkCommand[]> {
  let open = tx
    .selectFrom('commands')
    .select(['id', 'body', 'precondition', 'expires_at', 'state', 'created_by'])
    .where('vm_id', '=', vmId)
    .where('state', 'in', ['queued', 'sent'])
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .limit(LINK_LIMITS.commandsMax);
  if (known.length > 0) open = open.where('id', 'not in', [...known]);
  const rows = await open.execute();
  const queued = rows.filter(({ state }) => state === 'queued').map(({ id }) => id);
  if (queued.length > 0) {
    await tx.updateTable('commands').set({ state: 'sent', sent_at: now }).where('id', 'in', queued).execute();
    await notifyLive(tx, tenantId, 'vms', vmId);
  }
  return rows.map(({ id, body, precondition, expires_at, created_by }) => ({
    id,
    expires: expires_at.toISOString(),
    precondition: preconditionSchema.parse(precondition),
    orderedBy: created_by?.slice(0, 320) ?? null,
    body: commandBodySchema.parse(body),
  }));
}

/** A copy that took the VM's place since then may have been given orders, and have told that it did them: the VM gets those that it does not know. */
export async function reopenSince(
  tx: TenantTransaction,
  { vmId, since, now }: { readonly vmId: string; readonly since: Date; readonly now: Date },
  known: readonly string[],
): Promise<void> {
  let ended = tx
    .updateTable('commands')
    .set({ state: 'queued', sent_at: null, ended_at: null, error_code: null, error_message: null, result: null })
    .where('vm_id', '=', vmId)
    .where('state', 'in', ['done', 'failed'])
    .where('ended_at', '>=', since)
    .where('expires_at', '>', now);
  if (known.length > 0) ended = ended.where('id', 'not in', [...known]);
  await ended.execute();
}

/** Commands that nobody fetched in time; and the scans that wait for them. */
export async function expireCommands(tx: TenantTransaction, tenantId: string, now: Date): Promise<void> {
  const expired = await tx
    .updateTable('commands')
    .set({
      state: 'expired',
      ended_at: now,
      error_code: 'link.command_expired',
      error_message: 'The VM did not check in to get the command in time.',
    })
    .where('state', 'in', ['queued', 'sent'])
    .where('expires_at', '<=', now)
    .returning(['id', 'vm_id', 'kind'])
    .execute();
  if (expired.length === 0) return;
  const scans = expired.filter(({ kind }) => kind === 'scan').map(({ id }) => id);
  if (scans.length > 0) {
    await failQueuedScans(tx, scans, 'The VM did not check in to get the command in time.', now);
    await notifyLive(tx, tenantId, 'scans');
  }
  await notifyLive(tx, tenantId, 'vms');
}
