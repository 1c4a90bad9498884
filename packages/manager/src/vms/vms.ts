// SPDX-License-Identifier: Apache-2.0
// VMs as people work with them: listed, shown, renamed, moved, accepted, retired.
import type { Vm, VmDetail, VmEvent, VmPage, VmPatch } from '@lazaret/contract';
import { sql } from 'kysely';
import { audit, type Actor } from '../audit/index.ts';
import { withdrawCommandsOf } from '../commands/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { conflict, encodeCursor, notFound } from '../server/index.ts';
import { presentVm, presentVmDetail } from './present.ts';
import { readProtects } from './protects.ts';
import { markRetired } from './vm-records.ts';
import { countStates, filterSql, sortOf, vmRows, vmsWithPolicy, type VmListQuery } from './query.ts';

export interface VmContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly now: Date;
}

export async function listVms(
  { tx, now }: VmContext,
  { limit, cursor: _, sort, ...filter }: VmListQuery,
  after: readonly [string, string] | null,
): Promise<VmPage> {
  const { order, behind, keyOf } = sortOf(sort);
  const where = filterSql(filter, now, true);
  let query = vmRows(tx, now).where(where as never);
  if (after !== null) query = query.where(behind(after));
  const rows = await query
    .orderBy(order as never)
    .limit(limit + 1)
    .execute();
  const { count } = await vmsWithPolicy(tx)
    .select(sql<string>`count(*)`.as('count'))
    .where(where as never)
    .executeTakeFirstOrThrow();
  const shown = rows.slice(0, limit);
  const policies = await readProtects(tx, shown);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => presentVm(row, policies)),
    next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
    total: Number(count),
    counts: await countStates(tx, filter, now),
  };
}

export async function findVm(context: VmContext, id: string): Promise<VmDetail> {
  const { tx, now } = context;
  const row = await vmRows(tx, now).where('vms.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('VM');
  const certificate = await tx
    .selectFrom('vm_certificates')
    .select(['serial', 'not_after'])
    .where('vm_id', '=', id)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  const origin =
    row.clone_of === null
      ? null
      : await tx.selectFrom('vms').select(['id', 'name']).where('id', '=', row.clone_of).executeTakeFirst();
  const policies = await readProtects(tx, [row]);
  return presentVmDetail(row, { certificate: certificate ?? null, origin: origin ?? null, policies });
}

export async function changeVm(context: VmContext, id: string, actor: Actor, change: VmPatch): Promise<Vm> {
  const { tx, tenantId, now } = context;
  const before = await lockVm(tx, id);
  if (Object.values(change).every((value) => value === undefined)) return await findVm(context, id);
  if (change.policyId !== undefined) await requireRow(tx, 'policies', change.policyId, 'policy');
  if (change.groupId !== undefined && change.groupId !== null) await requireRow(tx, 'groups', change.groupId, 'group');
  const moved = change.policyId !== undefined || change.groupId !== undefined;
  await tx
    .updateTable('vms')
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.policyId === undefined ? {} : { policy_id: change.policyId }),
      ...(change.groupId === undefined ? {} : { group_id: change.groupId }),
      ...(moved ? { policy_since: now } : {}),
    })
    .where('id', '=', id)
    .execute();
  const was = { name: before.name, policyId: before.policy_id, groupId: before.group_id };
  await audit(tx, { actor, action: 'vms.update', subject: `vm:${id}`, before: was, after: change });
  await notifyLive(tx, tenantId, 'vms', id);
  return await findVm(context, id);
}

/** It loses its protection by this manager: its certificates count no more. What it holds in quarantine stays on it. */
export async function retireVm(context: VmContext, id: string, actor: Actor): Promise<Vm> {
  const { tx, tenantId, now } = context;
  const { membership, name } = await lockVm(tx, id);
  if (membership === 'retired') throw conflict('The VM is already retired.');
  await markRetired(tx, id, now);
  await withdrawCommandsOf(tx, id, 'The VM was retired.', now);
  await audit(tx, { actor, action: 'vms.retire', subject: `vm:${id}`, before: { name, membership } });
  await notifyLive(tx, tenantId, 'vms', id);
  return await findVm(context, id);
}

/** SY-10b: a clone that a person knows becomes a VM like any other. */
export async function acceptVm(context: VmContext, id: string, actor: Actor): Promise<Vm> {
  const { tx, tenantId, now } = context;
  const { membership, name } = await lockVm(tx, id);
  if (membership !== 'pending') throw conflict('The VM is not waiting to be accepted.');
  await tx.updateTable('vms').set({ membership: 'active', accepted_at: now }).where('id', '=', id).execute();
  await audit(tx, { actor, action: 'vms.accept', subject: `vm:${id}`, before: { name, membership } });
  await notifyLive(tx, tenantId, 'vms', id);
  return await findVm(context, id);
}

/** The agent's events, newest first. */
export async function listVmEvents(
  { tx }: VmContext,
  id: string,
  limit: number,
  after: readonly [string, string] | null,
): Promise<{ readonly items: VmEvent[]; readonly next: string | null; readonly total: number }> {
  await lockVm(tx, id);
  let query = tx
    .selectFrom('events')
    .selectAll()
    .where('vm_id', '=', id)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after !== null)
    query = query.where(sql<boolean>`(received_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const rows = await query.execute();
  const { count } = await tx
    .selectFrom('events')
    .select(sql<string>`count(*)`.as('count'))
    .where('vm_id', '=', id)
    .executeTakeFirstOrThrow();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => ({
      id: row.id,
      time: row.time.toISOString(),
      type: row.type,
      body: row.body as Record<string, unknown>,
    })),
    next: rows.length > limit && last !== undefined ? encodeCursor([last.received_at.toISOString(), last.id]) : null,
    total: Number(count),
  };
}

async function lockVm(tx: TenantTransaction, id: string) {
  const row = await tx
    .selectFrom('vms')
    .select(['name', 'membership', 'policy_id', 'group_id'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('VM');
  return row;
}

async function requireRow(
  tx: TenantTransaction,
  table: 'policies' | 'groups',
  id: string,
  what: string,
): Promise<void> {
  const row = await tx.selectFrom(table).select('id').where('id', '=', id).forShare().executeTakeFirst();
  if (row === undefined) throw notFound(what);
}
