// SPDX-License-Identifier: Apache-2.0
// A scan by command (SC-6e): its row and its command have one id, and the agent's run will have it, too.
import type { CommandBody } from '@lazaret/contract';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { queueCommand } from './queue-command.ts';

export interface NewScan {
  readonly tenantId: string;
  readonly id: string;
  readonly vmId: string;
  readonly scope: Extract<CommandBody, { kind: 'scan' }>['scope'];
  /** As text; bytes that are no UTF-8 cannot be named here. */
  readonly paths: readonly string[];
  readonly requestedBy: string;
  readonly now: Date;
}

export async function queueScan(tx: TenantTransaction, scan: NewScan): Promise<void> {
  const { tenantId, id, vmId, scope, requestedBy, now } = scan;
  const paths = scope === 'paths' ? scan.paths : [];
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
  const body = { kind: 'scan', scope, paths: paths.map((path) => Buffer.from(path).toString('base64')) } as const;
  await queueCommand(tx, { tenantId, id, vmId, body, now, createdBy: requestedBy, subject: id });
  await notifyLive(tx, tenantId, 'scans', id);
}
