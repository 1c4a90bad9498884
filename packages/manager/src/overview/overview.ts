// SPDX-License-Identifier: Apache-2.0
// The first page: what needs a person, worst first, then the figures. Each figure counts exactly the rows that its link shows.
import { NEEDS_MAX, type Need, type Overview, type SetupStep } from '@lazaret/contract';
import { nextRuns, temporal, type Policy } from '@lazaret/core';
import { sql } from 'kysely';
import { alarmRows, presentAlarm } from '../alarms/index.ts';
import { DESIRED_POLICY, type TenantTransaction } from '../database/index.ts';
import { listDetections } from '../detections/index.ts';
import { countStates } from '../vms/index.ts';

const WEEK_MS = 7 * 86_400_000;

export interface OverviewContext {
  readonly tx: TenantTransaction;
  readonly now: Date;
  /** Steps of the first run that are still to be done. */
  readonly stepsLeft: readonly SetupStep[];
}

export async function readOverview(context: OverviewContext): Promise<Overview> {
  const { tx, now } = context;
  const needs = await readNeeds(context);
  const counts = await countStates(tx, {}, now);
  const total = Object.values(counts.link).reduce((sum, count) => sum + count, 0) - counts.link.retired;
  const since = new Date(now.getTime() - WEEK_MS).toISOString();
  const recent = await listDetections(tx, { limit: 1, from: since }, null);
  const last = (await listDetections(tx, { limit: 1 }, null)).items[0];
  return {
    needs: needs.slice(0, NEEDS_MAX),
    needsTotal: needs.length,
    vms: { protected: counts.protection.protected, total, running: await countRunning(tx) },
    notScanned: await countNotScanned(tx),
    detections7Days: recent.total,
    held: await countHeld(tx),
    next: await findNext(tx, now),
    lastDetection: last === undefined ? null : { time: last.time, path: last.path },
  };
}

async function readNeeds({ tx, now, stepsLeft }: OverviewContext): Promise<readonly Need[]> {
  const alarms = await alarmRows(tx)
    .where('cleared_at', 'is', null)
    .where('acknowledged_at', 'is', null)
    .orderBy('since', 'desc')
    .limit(10 * NEEDS_MAX)
    .execute();
  const from = new Date(now.getTime() - WEEK_MS).toISOString();
  const failed = await listDetections(tx, { limit: NEEDS_MAX, failed: true, from }, null);
  const needs: readonly Need[] = [
    ...failed.items.map((detection) => ({
      kind: 'action-failed' as const,
      severity: 'act' as const,
      since: detection.receivedAt,
      detection,
    })),
    ...alarms.map(presentAlarm).map((alarm) => ({
      kind: 'alarm' as const,
      severity: alarm.severity,
      since: alarm.since,
      alarm,
    })),
    ...stepsLeft.map((step) => ({ kind: 'setup' as const, severity: 'watch' as const, since: null, step })),
  ];
  return needs.toSorted((left, right) => rank(left) - rank(right));
}

const rank = ({ severity }: Need): number => (severity === 'act' ? 0 : 1);

async function countRunning(tx: TenantTransaction): Promise<number> {
  const { count } = await tx
    .selectFrom('scans')
    .select(sql<string>`count(*)`.as('count'))
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function countHeld(tx: TenantTransaction): Promise<number> {
  const { count } = await tx
    .selectFrom('quarantine_entries')
    .select(sql<string>`count(*)`.as('count'))
    .where('state', '=', 'held')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Leaves that the last full scan of each VM did not look at. */
async function countNotScanned(tx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ count: string | null }>`select sum((last.summary -> 'coverage' ->> 'all')::bigint
      - (last.summary -> 'coverage' ->> 'lookedAt')::bigint) as count
    from lazaret.vms v cross join lateral (select s.summary from lazaret.scans s where s.tenant_id = v.tenant_id
      and s.vm_id = v.id and s.summary is not null and s.scope = 'full' order by s.since desc, s.id desc limit 1) last
    where v.membership = 'active'`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

const SCHEDULES_MAX = 200;

/** The next look for patterns and the next scheduled scan, over the policies that VMs have. Zones of VMs are not known here: UTC stands in. */
async function findNext(tx: TenantTransaction, now: Date): Promise<Overview['next']> {
  const { rows } = await sql<{ document: string; vm_id: string; vm_name: string }>`
    select d.document, had.vm_id, had.vm_name from (
      select distinct on (p.id) p.tenant_id, p.hash, vms.id as vm_id, vms.name as vm_name from lazaret.vms
        join lazaret.policies p on p.tenant_id = vms.tenant_id and p.id = ${DESIRED_POLICY}
      where vms.membership = 'active' order by p.id, lower(vms.name) limit ${SCHEDULES_MAX}) had
    join lazaret.policy_documents d on d.tenant_id = had.tenant_id and d.hash = had.hash`.execute(tx);
  const after = temporal.Instant.fromEpochMilliseconds(now.getTime());
  const first = (schedule: Policy['scheduled']['schedule']): string | null =>
    nextRuns(schedule, { zone: 'UTC', after, count: 1 })[0]?.toString() ?? null;
  let patterns: string | null = null;
  let scan: string | null = null;
  let scanVm: Overview['next']['scanVm'] = null;
  for (const { document, vm_id: id, vm_name: name } of rows) {
    const policy = JSON.parse(document) as Policy;
    const look = first(policy.patterns.schedule);
    if (isEarlier(look, patterns)) patterns = look;
    const run = policy.scheduled.enabled ? first(policy.scheduled.schedule) : null;
    if (!isEarlier(run, scan)) continue;
    scan = run;
    scanVm = { id, name };
  }
  return { patterns, scan, scanVm };
}

function isEarlier(one: string | null, other: string | null): boolean {
  return one !== null && (other === null || Date.parse(one) < Date.parse(other));
}
