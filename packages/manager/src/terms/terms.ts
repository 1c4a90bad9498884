// SPDX-License-Identifier: Apache-2.0
// MG-9a: terms and disclaimer of the provider. A version never changes; a tenant's admin accepts it by its number, so nobody accepts a version that they have
// not read.
import { PROVIDER_TENANT_ID, type Terms } from '@lazaret/contract';
import { type Selectable, sql } from 'kysely';
import { type Actor, audit } from '../audit/index.ts';
import type { TenantTransaction, TermsTable } from '../database/index.ts';
import { conflict, type ManagerParts } from '../server/index.ts';

export interface TenantTerms {
  readonly current: Terms | null;
  readonly accepted: { version: number; by: string; at: string }[];
  readonly pending: boolean;
}

export async function publishTerms(
  { database, clock }: ManagerParts,
  actor: Actor,
  asked: Pick<Terms, 'title' | 'text'>,
): Promise<Terms> {
  return database.asTenant(PROVIDER_TENANT_ID, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('lazaret terms'))`.execute(tx);
    const version = ((await currentRow(tx))?.version ?? 0) + 1;
    const row = await tx
      .insertInto('terms')
      .values({
        tenant_id: PROVIDER_TENANT_ID,
        version,
        title: JSON.stringify(asked.title),
        text: JSON.stringify(asked.text),
        published_at: new Date(clock.nowMs()),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(tx, { actor, action: 'terms.publish', subject: `terms:${version}`, after: { title: asked.title } });
    return toTerms(row);
  });
}

export async function listTerms(
  { database }: ManagerParts,
  limit: number,
  before: number | null,
): Promise<{ readonly rows: readonly Terms[]; readonly total: number }> {
  return database.asTenant(PROVIDER_TENANT_ID, async (tx) => {
    let query = tx.selectFrom('terms').selectAll();
    if (before !== null) query = query.where('version', '<', before);
    const rows = await query
      .orderBy('version', 'desc')
      .limit(limit + 1)
      .execute();
    const { total } = await tx.selectFrom('terms').select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
    return { rows: rows.map(toTerms), total };
  });
}

export async function termsOfTenant(tx: TenantTransaction): Promise<TenantTerms> {
  const current = await currentRow(tx);
  const accepted = await tx.selectFrom('terms_acceptances').selectAll().orderBy('version', 'desc').execute();
  return {
    current: current === undefined ? null : toTerms(current),
    accepted: accepted.map((row) => ({ version: row.version, by: row.accepted_by, at: row.accepted_at.toISOString() })),
    pending: current !== undefined && !accepted.some(({ version }) => version === current.version),
  };
}

export async function acceptTerms(
  { database, clock }: ManagerParts,
  tenantId: string,
  actor: Actor,
  version: number,
): Promise<TenantTerms> {
  return database.asTenant(tenantId, async (tx) => {
    if ((await currentRow(tx))?.version !== version)
      throw conflict('This is not the current version of the terms. Read the current one.');
    const done = await tx
      .insertInto('terms_acceptances')
      .values({ tenant_id: tenantId, version, accepted_by: actor.name, accepted_at: new Date(clock.nowMs()) })
      .onConflict((row) => row.doNothing())
      .executeTakeFirst();
    if (done.numInsertedOrUpdatedRows === 1n)
      await audit(tx, { actor, action: 'terms.accept', subject: `terms:${version}`, after: { version } });
    return termsOfTenant(tx);
  });
}

function currentRow(tx: TenantTransaction): Promise<Selectable<TermsTable> | undefined> {
  return tx.selectFrom('terms').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
}

function toTerms({ version, title, text, published_at }: Selectable<TermsTable>): Terms {
  return { version, title, text, publishedAt: published_at.toISOString() };
}
