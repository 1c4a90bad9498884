// SPDX-License-Identifier: Apache-2.0
// Updates the manager's copy of each scan: begun, skipped, ended with its report. The run of an ordered scan has the id of its command, so its row exists
// already; the row of a scheduled scan is created here.
import type { AgentEvent } from '@lazaret/contract';
import { notifyLive } from '../database/index.ts';
import { type ScanChange, upsertScan } from '../scan-records/index.ts';
import type { IngestContext } from './context.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function followScan(context: IngestContext, event: AgentEvent): Promise<void> {
  const { tx, tenantId } = context;
  const change = scanChange(event);
  if (change === null || !UUID.test(change.id)) return;
  await upsertScan(tx, { tenant_id: tenantId, vm_id: context.vmId, ...change });
  await notifyLive(tx, tenantId, 'scans', change.id);
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
