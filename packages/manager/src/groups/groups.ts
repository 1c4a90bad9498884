// SPDX-License-Identifier: Apache-2.0
// Groups of VMs: a name, and optionally a policy for the VMs that have no policy of their own.
import type { Group } from '@lazaret/contract';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/index.ts';
import { notify, notifyLive, type TenantTransaction } from '../database/index.ts';
import { POLICY_CHANNEL } from '../policies/index.ts';
import { conflict, notFound } from '../server/index.ts';

export interface GroupRequest {
  readonly name: string;
  readonly policyId: string | null;
}

const groupsQuery = (tx: TenantTransaction) =>
  tx
    .selectFrom('groups as g')
    .leftJoin('policies as p', (join) =>
      join.onRef('p.id', '=', 'g.policy_id').onRef('p.tenant_id', '=', 'g.tenant_id'),
    )
    .select(['g.id', 'g.name', 'g.created_at', 'p.id as policy_id', 'p.name as policy_name']);

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly policy_id: string | null;
  readonly policy_name: string | null;
}

function toGroup(row: GroupRow): Group {
  const policy = row.policy_id === null ? null : { id: row.policy_id, name: row.policy_name ?? '' };
  return { id: row.id, name: row.name, policy, createdAt: row.created_at.toISOString() };
}

export async function listGroups(
  tx: TenantTransaction,
  limit: number,
  after: readonly [string, string] | null,
): Promise<{ readonly rows: readonly Group[]; readonly total: number }> {
  const from =
    after === null ? sql<boolean>`true` : sql<boolean>`(lower(g.name), g.id) > (${after[0]}, ${after[1]}::uuid)`;
  const rows = await groupsQuery(tx)
    .where(from)
    .orderBy(sql`lower(g.name)`)
    .orderBy('g.id')
    .limit(limit + 1)
    .execute();
  const { total } = await tx.selectFrom('groups').select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  return { rows: rows.map(toGroup), total };
}

export async function findGroup(tx: TenantTransaction, id: string): Promise<Group> {
  const row = await groupsQuery(tx).where('g.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('group');
  return toGroup(row);
}

export async function createGroup(
  tx: TenantTransaction,
  tenantId: string,
  id: string,
  actor: Actor,
  asked: GroupRequest,
): Promise<Group> {
  await requireGood(tx, tenantId, asked, null);
  await tx
    .insertInto('groups')
    .values({ tenant_id: tenantId, id, name: asked.name, policy_id: asked.policyId })
    .execute();
  await audit(tx, { actor, action: 'groups.create', subject: `group:${id}`, after: asked });
  await announce(tx, tenantId);
  return findGroup(tx, id);
}

export async function updateGroup(
  tx: TenantTransaction,
  tenantId: string,
  id: string,
  actor: Actor,
  asked: GroupRequest,
): Promise<Group> {
  const before = await findGroup(tx, id);
  await requireGood(tx, tenantId, asked, id);
  await tx.updateTable('groups').set({ name: asked.name, policy_id: asked.policyId }).where('id', '=', id).execute();
  const was = { name: before.name, policyId: before.policy?.id ?? null };
  await audit(tx, { actor, action: 'groups.update', subject: `group:${id}`, before: was, after: asked });
  await announce(tx, tenantId);
  return findGroup(tx, id);
}

export async function deleteGroup(tx: TenantTransaction, tenantId: string, id: string, actor: Actor): Promise<void> {
  const before = await findGroup(tx, id);
  try {
    await tx.deleteFrom('groups').where('id', '=', id).execute();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '23503')
      throw conflict('There are still VMs in this group.');
    throw error;
  }
  await audit(tx, { actor, action: 'groups.delete', subject: `group:${id}`, before: { name: before.name } });
  await announce(tx, tenantId);
}

async function requireGood(
  tx: TenantTransaction,
  tenantId: string,
  asked: GroupRequest,
  id: string | null,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`groups ${tenantId}`}, 0))`.execute(tx);
  const taken = await tx
    .selectFrom('groups')
    .select('id')
    .where(sql`lower(name)`, '=', sql`lower(${asked.name})`)
    .executeTakeFirst();
  if (taken !== undefined && taken.id !== id) throw conflict(`There is already a group with the name "${asked.name}".`);
  if (asked.policyId === null) return;
  const policy = await tx
    .selectFrom('policies')
    .select('id')
    .where('id', '=', asked.policyId)
    .forShare()
    .executeTakeFirst();
  if (policy === undefined) throw notFound('policy');
}

async function announce(tx: TenantTransaction, tenantId: string): Promise<void> {
  await notifyLive(tx, tenantId, 'policies');
  await notify(tx, POLICY_CHANNEL, tenantId);
}
