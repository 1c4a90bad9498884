// SPDX-License-Identifier: Apache-2.0
// Raises and clears alarms (MG-4): reads what is known of a tenant's VMs, lets core decide, and brings the table to it. Any number of managers may do it;
// a lock lets one at a time. Owns the table `alarms`.
import { canonicalJson } from '@lazaret/contract';
import { decideSilentSites, decideVmAlarms, type AlarmFacts, type AlarmSeverity } from '@lazaret/core';
import { sql } from 'kysely';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { enqueue, type OutboxContext } from '../notify/index.ts';
import { vmsWithPolicy } from '../vms/index.ts';
import { factsOf, siteOf, type VmRow } from './vm-facts.ts';

/** An alarm as it should stand open now. */
interface Wanted {
  readonly kind: string;
  readonly severity: AlarmSeverity;
  readonly vmId: string | null;
  readonly vmName: string | null;
  readonly site: string | null;
  readonly vmCount: number;
  readonly facts: AlarmFacts;
}

interface Open {
  readonly id: string;
  readonly kind: string;
  readonly severity: AlarmSeverity;
  readonly facts: unknown;
  readonly vm_id: string | null;
  readonly site: string | null;
  readonly vm_count: number;
  readonly since: Date;
  readonly vm_name: string | null;
}

/** Alarms that this evaluation owns. `scan-incomplete` is an agent's own: it comes and goes with scans. */
const EVENT_KINDS = ['scan-incomplete'];

export async function evaluateAlarms(context: OutboxContext): Promise<void> {
  const { tx, tenantId, nowMs } = context;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`alarms ${tenantId}`}, 0))`.execute(tx);
  const wanted = decide(await readVms(tx, new Date(nowMs)), nowMs);
  const open = await readOpen(tx);
  const keyOf = (kind: string, vmId: string | null, site: string | null): string =>
    `${kind} ${vmId ?? ''} ${site ?? ''}`;
  const wantedKeys = new Set(wanted.map(({ kind, vmId, site }) => keyOf(kind, vmId, site)));
  const openKeys = new Map(open.map((alarm) => [keyOf(alarm.kind, alarm.vm_id, alarm.site), alarm]));
  for (const alarm of wanted) {
    const standing = openKeys.get(keyOf(alarm.kind, alarm.vmId, alarm.site));
    if (standing === undefined) await raise(context, alarm);
    else if (hasChanged(standing, alarm)) await refresh(tx, standing.id, alarm);
  }
  for (const [key, alarm] of openKeys) if (!wantedKeys.has(key)) await clearAlarm(context, alarm);
}

function decide(vms: readonly VmRow[], nowMs: number): readonly Wanted[] {
  const each = vms.map((vm) => ({ vm, site: siteOf(vm), alarms: decideVmAlarms(factsOf(vm), nowMs) }));
  const expected = each.filter(({ vm }) => vm.membership === 'active' && vm.last_seen_at !== null);
  const silent = expected.filter(({ alarms }) => alarms.some(({ kind }) => kind === 'offline'));
  const counts = new Map<string, number>();
  for (const { site } of expected) counts.set(site, (counts.get(site) ?? 0) + 1);
  const quiet = decideSilentSites(
    silent.map(({ vm, site }) => ({ vmId: vm.id, site })),
    [...counts].filter(([site]) => site !== '').map(([site, count]) => ({ site, vms: count })),
  );
  const ofSites = [...quiet].map((site) => ({
    kind: 'silent-site',
    severity: 'act' as const,
    vmId: null,
    vmName: null,
    site,
    vmCount: counts.get(site) ?? 0,
    facts: {},
  }));
  const ofVms = each.flatMap(({ vm, site, alarms }) =>
    alarms
      // One cause is one alarm: the site's, not its fourteen VMs'.
      .filter(({ kind }) => kind !== 'offline' || !quiet.has(site))
      .map(({ kind, severity, facts }) => ({
        kind,
        severity,
        facts,
        vmId: vm.id,
        vmName: vm.name,
        site: null,
        vmCount: 1,
      })),
  );
  return [...ofSites, ...ofVms];
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

async function readOpen(tx: TenantTransaction): Promise<readonly Open[]> {
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
  { kind, severity, vmId, vmName, site, vmCount, facts }: Wanted,
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

/** Minutes pass by themselves: a thousand silent VMs are not a thousand rows to write each minute. */
function hasChanged(standing: Open, wanted: Wanted): boolean {
  const withoutMinutes = ({ minutes: _, ...rest }: AlarmFacts): string => canonicalJson(rest);
  return (
    standing.severity !== wanted.severity ||
    standing.vm_count !== wanted.vmCount ||
    withoutMinutes(standing.facts as AlarmFacts) !== withoutMinutes(wanted.facts)
  );
}

async function refresh(tx: TenantTransaction, id: string, { facts, vmCount, severity }: Wanted): Promise<void> {
  await tx
    .updateTable('alarms')
    .set({ facts: JSON.stringify(facts), vm_count: vmCount, severity })
    .where('id', '=', id)
    .execute();
}

async function clearAlarm(context: OutboxContext, alarm: Open): Promise<void> {
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
