// SPDX-License-Identifier: Apache-2.0
// The manager's picture of each scan: began, was skipped, ended with its report. A commanded scan's run has the id of its command, so its row is there
// already; a scheduled one's row is made here.
import type { AgentEvent } from '@lazaret/contract';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import type { IngestContext } from './context.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function followScan(context: IngestContext, event: AgentEvent): Promise<void> {
  const { tx, tenantId } = context;
  const change = scanChange(event);
  if (change === null || !UUID.test(change.id)) return;
  await upsertScan(tx, { tenant_id: tenantId, vm_id: context.vmId, ...change });
  await notifyLive(tx, tenantId, 'scans', change.id);
}

interface ScanChange {
  readonly id: string;
  readonly origin: string;
  readonly state: string;
  readonly scope?: string;
  readonly why?: string;
  readonly started_at?: Date;
  readonly ended_at?: Date;
  readonly summary?: string;
}

function scanChange(event: AgentEvent): ScanChange | null {
  const time = new Date(event.time);
  if (event.type === 'run.started') {
    const scope = event.scope === 'policy' ? 'full' : event.scope;
    return { id: event.runId, origin: event.origin, state: 'running', scope, started_at: time };
  }
  if (event.type === 'run.ended') {
    const { runId, origin, summary } = event;
    return { id: runId, origin, state: summary.state, ended_at: time, summary: JSON.stringify(summary) };
  }
  // These have no run: the event's own id names them.
  if (event.type === 'run.skipped')
    return { id: event.id, origin: event.origin, state: 'skipped', why: event.why, ended_at: time };
  if (event.type === 'run.failed')
    return { id: event.id, origin: 'scheduled', state: 'failed', why: event.code, ended_at: time };
  return null;
}

const ENDED = new Set(['done', 'cancelled', 'incomplete', 'skipped', 'failed']);

async function upsertScan(
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
