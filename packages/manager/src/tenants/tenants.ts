// SPDX-License-Identifier: Apache-2.0
// The tenants as the provider sees them: names and dates, and nothing of their contents.
import { PROVIDER_TENANT_ID, type TenantView } from '@lazaret/contract';
import { sql } from 'kysely';
import { type Actor, audit, type AuditEntry, auditIn } from '../audit/index.ts';
import { activeConsent, giverOfNewTenant, invite, type OneTimeLink } from '../auth/index.ts';
import type { IdentityTransaction } from '../database/index.ts';
import { type Access, conflict, type ManagerParts, notFound } from '../server/index.ts';

interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly suspended_at: Date | null;
}

export async function listTenants(
  parts: ManagerParts,
  limit: number,
  after: readonly [string, string] | null,
): Promise<{ readonly rows: readonly TenantView[]; readonly total: number }> {
  return parts.database.asIdentity(async (tx) => {
    const from =
      after === null ? sql<boolean>`true` : sql<boolean>`(lower(name), id) > (${after[0]}, ${after[1]}::uuid)`;
    const rows = await tx
      .selectFrom('tenants')
      .selectAll()
      .where('id', '!=', PROVIDER_TENANT_ID)
      .where(from)
      .orderBy(sql`lower(name)`)
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const count = await tx
      .selectFrom('tenants')
      .select(sql<number>`count(*) - 1`.as('total'))
      .executeTakeFirstOrThrow();
    const views: TenantView[] = [];
    for (const row of rows) views.push(await toView(parts, tx, row));
    return { rows: views, total: count.total };
  });
}

async function toView(parts: ManagerParts, tx: IdentityTransaction, row: TenantRow): Promise<TenantView> {
  const consent = await activeConsent(tx, row.id, new Date(parts.clock.nowMs()));
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    suspendedAt: row.suspended_at?.toISOString() ?? null,
    consent: consent?.scope ?? null,
  };
}

/** A tenant with its first admin invited. */
export async function createTenant(
  parts: ManagerParts,
  access: Access,
  asked: { readonly name: string; readonly adminEmail: string },
): Promise<{ tenant: TenantView; link: OneTimeLink }> {
  const { actor } = access;
  const id = parts.newId();
  return parts.database.asIdentity(async (tx) => {
    await requireFreeName(tx, asked.name, id);
    const row = await addTenant(tx, { id, name: asked.name });
    await audit(tx, { actor, action: 'tenants.create', subject: `tenant:${id}`, after: asked });
    await auditIn(tx, id, { actor, action: 'tenants.create', subject: `tenant:${id}`, after: asked });
    const { link } = await invite(parts, tx, id, giverOfNewTenant(access), { email: asked.adminEmail, role: 'admin' });
    return { tenant: await toView(parts, tx, row), link };
  });
}

export async function addTenant(
  tx: IdentityTransaction,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<TenantRow> {
  return await tx
    .insertInto('tenants')
    .values({ id, name, suspended_at: null })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Suspended: its people are kept out; its agents go on. Both sides' audits say so. */
export async function changeTenant(
  parts: ManagerParts,
  actor: Actor,
  id: string,
  change: { readonly name?: string | undefined; readonly suspended?: boolean | undefined },
): Promise<TenantView> {
  return parts.database.asIdentity(async (tx) => {
    const before = await findTenant(tx, id);
    if (change.name !== undefined) await requireFreeName(tx, change.name, id);
    const suspended = change.suspended ?? before.suspended_at !== null;
    const after = await tx
      .updateTable('tenants')
      .set({
        name: change.name ?? before.name,
        suspended_at: suspended ? (before.suspended_at ?? new Date(parts.clock.nowMs())) : null,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const entry: AuditEntry = {
      actor,
      action: 'tenants.update',
      subject: `tenant:${id}`,
      before: facts(before),
      after: facts(after),
    };
    await audit(tx, entry);
    await auditIn(tx, id, entry);
    return toView(parts, tx, after);
  });
}

export async function readTenant(parts: ManagerParts, id: string): Promise<TenantView> {
  return parts.database.asIdentity(async (tx) => toView(parts, tx, await findTenant(tx, id)));
}

async function findTenant(tx: IdentityTransaction, id: string): Promise<TenantRow> {
  const row = await tx
    .selectFrom('tenants')
    .selectAll()
    .where('id', '=', id)
    .where('id', '!=', PROVIDER_TENANT_ID)
    .executeTakeFirst();
  if (row === undefined) throw notFound('tenant');
  return row;
}

async function requireFreeName(tx: IdentityTransaction, name: string, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('lazaret tenant names'))`.execute(tx);
  const taken = await tx
    .selectFrom('tenants')
    .select('id')
    .where(sql`lower(name)`, '=', sql`lower(${name})`)
    .where('id', '!=', id)
    .executeTakeFirst();
  if (taken !== undefined) throw conflict(`There is already a tenant with the name "${name}".`);
}

function facts({ name, suspended_at }: TenantRow): object {
  return { name, suspended: suspended_at !== null };
}
