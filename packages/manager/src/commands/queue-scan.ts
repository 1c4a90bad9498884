// SPDX-License-Identifier: Apache-2.0
// Orders a scan by a command (SC-6e): the row of the scan and its command have the same id, and the agent's run uses it too.
import type { CommandBody } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { addQueuedScan } from '../scan-records/index.ts';
import { queueCommand } from './queue-command.ts';

const PATH_BYTES_MAX = 4_096;

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

/** What a VM can be asked to scan: known before any VM is asked. Throws `api.invalid`. */
export function requireScannable({ scope, paths }: Pick<NewScan, 'scope' | 'paths'>): void {
  if (scope === 'paths' && paths.length === 0)
    throw new LazaretError('api.invalid', 'A scan of paths needs at least one path.', { where: '/paths' });
  for (const path of paths) requireAbsolute(path, '/paths');
}

export function requireAbsolute(path: string, where: string): void {
  if (path.startsWith('/') && Buffer.byteLength(path) <= PATH_BYTES_MAX) return;
  throw new LazaretError('api.invalid', `A path must begin with "/" and have at most ${PATH_BYTES_MAX} bytes.`, {
    where,
  });
}

export async function queueScan(tx: TenantTransaction, scan: NewScan): Promise<void> {
  const { tenantId, id, vmId, scope, requestedBy, now } = scan;
  const paths = scope === 'paths' ? scan.paths : [];
  await addQueuedScan(tx, { tenantId, id, vmId, scope, paths, requestedBy, now });
  const body = { kind: 'scan', scope, paths: paths.map((path) => Buffer.from(path).toString('base64')) } as const;
  await queueCommand(tx, { tenantId, id, vmId, body, now, createdBy: requestedBy, subject: id });
  await notifyLive(tx, tenantId, 'scans', id);
}
