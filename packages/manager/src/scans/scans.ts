// SPDX-License-Identifier: Apache-2.0
// Scans of all VMs: ordered, followed, paused, cancelled. An ordered scan is a command; its run has the id of the command, so its row exists from the first
// moment.
import {
  COMMAND_HOURS,
  type scanListQuerySchema,
  summaryRowSchema,
  type Scan,
  type ScanProgress,
  type ScanStarted,
} from '@lazaret/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import { audit, type Actor } from '../audit/index.ts';
import { queueCommand, queueScan, requireScannable, withdrawQueued } from '../commands/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { cancelScan } from '../scan-records/index.ts';
import { conflict, encodeCursor, failureOf, notFound } from '../server/index.ts';

export type ScanListQuery = z.output<typeof scanListQuerySchema>;

export interface ScanContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly now: Date;
  readonly newId: () => string;
}

const OPEN = ['queued', 'running', 'paused'];

function scanRows(tx: TenantTransaction) {
  return tx
    .selectFrom('scans')
    .innerJoin('vms', (join) => join.onRef('vms.tenant_id', '=', 'scans.tenant_id').onRef('vms.id', '=', 'scans.vm_id'))
    .selectAll('scans')
    .select('vms.name as vm_name');
}

type Row = Awaited<ReturnType<ReturnType<typeof scanRows>['execute']>>[number];

function present(row: Row): Scan {
  const summary = summaryRowSchema.safeParse(row.summary);
  return {
    id: row.id,
    vm: { id: row.vm_id, name: row.vm_name },
    runId: row.started_at === null ? null : row.id,
    origin: row.origin === 'scheduled' ? 'scheduled' : 'manual',
    scope: row.scope as Scan['scope'],
    paths: row.paths,
    state: row.state as Scan['state'],
    why: row.why,
    requestedBy: row.requested_by,
    queuedAt: row.queued_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    progress: (row.progress as ScanProgress | null) ?? null,
    summary: summary.success ? summary.data : null,
  };
}

export async function listScans(
  { tx }: ScanContext,
  { limit, vm, state, group, origin }: ScanListQuery,
  after: readonly [string, string] | null,
): Promise<{ readonly items: Scan[]; readonly next: string | null; readonly total: number }> {
  const conditions = [sql<boolean>`true`];
  if (vm !== undefined) conditions.push(sql<boolean>`scans.vm_id = ${vm}`);
  if (state !== undefined) conditions.push(sql<boolean>`scans.state = ${state}`);
  if (origin !== undefined) conditions.push(sql<boolean>`scans.origin = ${origin}`);
  if (group !== undefined) {
    const is = group === 'open' ? sql`in` : sql`not in`;
    conditions.push(sql<boolean>`scans.state ${is} (${sql.join(OPEN)})`);
  }
  const where = sql<boolean>`${sql.join(conditions, sql` and `)}`;
  let query = scanRows(tx).where(where);
  if (after !== null)
    query = query.where(sql<boolean>`(scans.since, scans.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const rows = await query
    .orderBy('scans.since', 'desc')
    .orderBy('scans.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { rows: counted } = await sql<{
    count: string;
  }>`select count(*) as count from lazaret.scans where ${where}`.execute(tx);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    next: rows.length > limit && last !== undefined ? encodeCursor([last.since.toISOString(), last.id]) : null,
    total: Number(counted[0]?.count ?? 0),
  };
}

export async function findScan({ tx }: ScanContext, id: string): Promise<Scan> {
  const row = await scanRows(tx).where('scans.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('scan');
  return present(row);
}

export interface ScanOrder {
  readonly kind: Scan['scope'];
  readonly paths: readonly string[];
}

/** One scan for one VM; throws what the row of a bulk answer tells. */
export async function orderScan(
  context: ScanContext,
  vmId: string,
  { kind, paths }: ScanOrder,
  actor: Actor,
): Promise<string> {
  const { tx, tenantId, now, newId } = context;
  const vm = await tx.selectFrom('vms').select('membership').where('id', '=', vmId).executeTakeFirst();
  if (vm === undefined) throw notFound('VM');
  if (vm.membership !== 'active') throw conflict('A VM that is not active carries out no commands.');
  const id = newId();
  await queueScan(tx, { tenantId, id, vmId, scope: kind, paths, requestedBy: actor.name, now });
  await audit(tx, { actor, action: 'scans.start', subject: `vm:${vmId}`, after: { scanId: id, kind, paths } });
  return id;
}

export async function orderScans(
  context: ScanContext,
  { vmIds, ...order }: ScanOrder & { readonly vmIds: readonly string[] },
  actor: Actor,
): Promise<ScanStarted> {
  requireScannable({ scope: order.kind, paths: order.paths });
  const results: ScanStarted['results'] = [];
  for (const vmId of new Set(vmIds)) {
    try {
      results.push({ vmId, scanId: await orderScan(context, vmId, order, actor), error: null });
    } catch (error) {
      results.push({ vmId, scanId: null, error: failureOf(error) });
    }
  }
  return { results };
}

export async function controlScan(
  context: ScanContext,
  id: string,
  verb: 'pause' | 'resume' | 'cancel',
  actor: Actor,
): Promise<Scan> {
  const { tx, tenantId, now, newId } = context;
  const scan = await findScan(context, id);
  if (!OPEN.includes(scan.state)) throw conflict('The scan has ended.');
  await audit(tx, { actor, action: `scans.${verb}`, subject: `scan:${id}` });
  if (scan.state === 'queued' && verb === 'cancel' && (await withdraw(context, id))) return await findScan(context, id);
  const body = { kind: 'scan-control' as const, scanId: id, verb };
  const expiresAt = new Date(now.getTime() + COMMAND_HOURS * 3_600_000);
  await queueCommand(tx, {
    tenantId,
    id: newId(),
    vmId: scan.vm.id,
    body,
    now,
    createdBy: actor.name,
    subject: id,
    expiresAt,
  });
  await notifyLive(tx, tenantId, 'scans', id);
  return scan;
}

async function withdraw({ tx, tenantId, now }: ScanContext, id: string): Promise<boolean> {
  if (!(await withdrawQueued(tx, id, 'The scan was cancelled before the VM checked in.', now))) return false;
  await cancelScan(tx, id, now);
  await notifyLive(tx, tenantId, 'scans', id);
  return true;
}
