// SPDX-License-Identifier: Apache-2.0
// Applies the result of a command to its own row and to the rows that it concerns. A result that arrives twice changes nothing twice.
import type { CommandResult } from '@lazaret/contract';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { noteOrderOfEntry } from '../quarantine-records/index.ts';
import { failOpenScan } from '../scan-records/index.ts';

/** False: this VM has no such command. */
export async function applyResult(
  tx: TenantTransaction,
  { tenantId, vmId, commandId, now }: { tenantId: string; vmId: string; commandId: string; now: Date },
  result: CommandResult,
): Promise<boolean> {
  const command = await tx
    .selectFrom('commands')
    .select(['state', 'kind', 'subject'])
    .where('id', '=', commandId)
    .where('vm_id', '=', vmId)
    .forUpdate()
    .executeTakeFirst();
  if (command === undefined) return false;
  if (command.state === 'done' || command.state === 'failed') return true;
  const failed = result.outcome !== 'done';
  const expired = result.code === 'link.command_expired';
  await tx
    .updateTable('commands')
    .set({
      state: failed ? (expired ? 'expired' : 'failed') : 'done',
      ended_at: now,
      error_code: result.code,
      error_message: result.message,
      result: JSON.stringify(result.value ?? null),
    })
    .where('id', '=', commandId)
    .execute();
  await followSubject(tx, tenantId, vmId, { id: commandId, ...command }, failed ? result : null);
  await notifyLive(tx, tenantId, 'vms', vmId);
  return true;
}

interface Settled {
  readonly id: string;
  readonly kind: string;
  readonly subject: string | null;
}

async function followSubject(
  tx: TenantTransaction,
  tenantId: string,
  vmId: string,
  { id, kind, subject }: Settled,
  failure: CommandResult | null,
): Promise<void> {
  if (kind === 'scan' && failure !== null) {
    await failOpenScan(tx, { id, vmId }, failure.message ?? failure.code, new Date());
    await notifyLive(tx, tenantId, 'scans', id);
  }
  if (kind.startsWith('quarantine-') && subject !== null) {
    const error = { error_code: failure?.code ?? null, error_message: failure?.message ?? null };
    await noteOrderOfEntry(tx, vmId, subject, error);
    await notifyLive(tx, tenantId, 'quarantine', vmId);
  }
}
