// SPDX-License-Identifier: Apache-2.0
// Raises and clears alarms (MG-4): reads the facts about a tenant's VMs, lets `plan-alarms.ts` decide, and updates the table. Any number of managers may run
// it; a lock allows one at a time. It owns the table `alarms`.
import type { AlarmFacts } from '@lazaret/core';
import { sql } from 'kysely';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { enqueue, type OutboxContext } from '../notify/index.ts';
import { vmsWithPolicy } from '../vms/index.ts';
import { decideAlarms, planAlarms, type OpenAlarm, type WantedAlarm } from './plan-alarms.ts';
import type { VmRow } from './vm-facts.ts';

/** Alarms that this evaluation owns. `scan-incomplete` is an agent's own: it comes and goes with scans. */
const EVENT_KINDS = ['scan-incomplete'];

export async function evaluateAlarms(context: OutboxContext): Promise<void> {
  const { tx, tenantId, nowMs } = context;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`alarms ${tenantId}`}, 0))`.execute(tx);
  const plan = planAlarms(await readOpen(tx), decideAlarms(await readVms(tx, new Date(nowMs)), nowMs));
  for (const alarm of plan.raise) await raise(context, alarm);
  for (const { id, wanted } of plan.refresh) await refresh(tx, id, wanted);
  for (const alarm of plan.clear) await clearAlarm(context, alarm);
}

const COPY_TOLD_MS = 86_400_000;

async function readVms(tx: TenantTransaction, now: Date): Promise<readonly VmRow[]> {
  return await vmsWithPolicy(tx)
    .where('vms.membership', '!=', 'retired')
    .select([
      'vms.id',
      'vms.name',
      'groups.name as group_name',
      'vms.membership',
      'vms.created_at',
      'vms.accepted_at',
      'vms.last_seen_at',
      'vms.stopped_at',
      'vms.clock_difference_ms',
      'vms.protection',
      'vms.release_created_at',
      'policies.hash as desired_hash',
      'vms.applied_hash',
      sql<Date>`greatest(vms.policy_since, policies.updated_at)`.as('policy_since'),
      'vms.addresses',
      sql<boolean>`exists (select 1 from lazaret.vm_certificates c where c.tenant_id = vms.tenant_id and c.vm_id = vms.id
        and c.copied_at is not null and (c.revoked_at is null or c.copied_at > ${new Date(now.getTime() - COPY_TOLD_MS)}))`.as(
        'certificate_copied',
      ),
      // Of the report only what alarms need: it is read of every VM, again and again.
      sql`jsonb_build_object('notApplied', vms.report -> 'policy' -> 'notApplied', 'disk', vms.report -> 'disk',
        'vault', vms.report -> 'vault', 'ceiling', vms.report -> 'ceiling', 'otherProducts', vms.report -> 'otherProducts',
        'engine', vms.report -> 'engine', 'patterns', vms.report -> 'patterns', 'realtime', vms.report -> 'realtime')
        || case when vms.protection <> 'protected' and jsonb_exists(vms.report, 'realtimeReport')
          then jsonb_build_object('realtimeReport', vms.report -> 'realtimeReport') else '{}'::jsonb end`.as('report'),
    ])
    .execute();
}

async function readOpen(tx: TenantTransaction): Promise<readonly OpenAlarm[]> {
  return await tx
    .selectFrom('alarms')
    .leftJoin('vms', (join) =>
      join.onRef('vms.tenant_id', '=', 'alarms.tenant_id').onRef('vms.id', '=', 'alarms.vm_id'),
    )
    .where('cleared_at', 'is', null)
    .where('kind', 'not in', EVENT_KINDS)
    .select(['alarms.id', 'kind', 'severity', 'facts', 'vm_id', 'site', 'vm_count', 'since', 'vms.name as vm_name'])
    .execute();
}

async function raise(
  context: OutboxContext,
  { kind, severity, vmId, vmName, site, vmCount, facts }: WantedAlarm,
): Promise<void> {
  const { tx, tenantId, nowMs, newId } = context;
  const [id, since] = [newId(), new Date(nowMs)];
  await tx
    .insertInto('alarms')
    .values({
      tenant_id: tenantId,
      id,
      kind,
      severity,
      vm_id: vmId,
      site,
      vm_count: vmCount,
      since,
      cleared_at: null,
      facts: JSON.stringify(facts),
      acknowledged_by: null,
      acknowledged_at: null,
    })
    .execute();
  await notifyLive(tx, tenantId, 'alarms', id);
  await tell(context, { kind, vmName, site, vmCount, facts, since, cleared: false });
}

async function refresh(tx: TenantTransaction, id: string, { facts, vmCount, severity }: WantedAlarm): Promise<void> {
  await tx
    .updateTable('alarms')
    .set({ facts: JSON.stringify(facts), vm_count: vmCount, severity })
    .where('id', '=', id)
    .execute();
}

async function clearAlarm(context: OutboxContext, alarm: OpenAlarm): Promise<void> {
  const { tx, tenantId, nowMs } = context;
  await tx
    .updateTable('alarms')
    .set({ cleared_at: new Date(nowMs) })
    .where('id', '=', alarm.id)
    .execute();
  await notifyLive(tx, tenantId, 'alarms', alarm.id);
  const { kind, vm_name: vmName, site, vm_count: vmCount, since } = alarm;
  await tell(context, { kind, vmName, site, vmCount, facts: {}, since, cleared: true });
}

interface Told {
  readonly kind: string;
  readonly vmName: string | null;
  readonly site: string | null;
  readonly vmCount: number;
  readonly facts: AlarmFacts;
  readonly since: Date;
  readonly cleared: boolean;
}

async function tell(
  context: OutboxContext,
  { kind, vmName, site, vmCount, facts, since, cleared }: Told,
): Promise<void> {
  const fields = { alarm: kind, vm: vmName, site, vmCount, cleared, since: since.toISOString(), facts };
  await enqueue(context, { kind: 'alarm', ...fields });
}
