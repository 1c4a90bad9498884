// SPDX-License-Identifier: Apache-2.0
// Withdraws commands, so that no VM carries them out any more.
import type { TenantTransaction } from '../database/index.ts';

/** A command that the VM has not fetched yet need not travel to be taken back. False: it has fetched it. */
export async function withdrawQueued(tx: TenantTransaction, id: string, why: string, now: Date): Promise<boolean> {
  const taken = await tx
    .updateTable('commands')
    .set({ state: 'expired', ended_at: now, error_message: why })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}

/** All that a VM has not done yet. */
export async function withdrawCommandsOf(tx: TenantTransaction, vmId: string, why: string, now: Date): Promise<void> {
  const open = { state: 'expired' as const, ended_at: now, error_message: why };
  await tx
    .updateTable('commands')
    .set(open)
    .where('vm_id', '=', vmId)
    .where('state', 'in', ['queued', 'sent'])
    .execute();
}
