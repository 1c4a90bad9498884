// SPDX-License-Identifier: Apache-2.0
// MG-2c: a tenant gives its provider access – for a time, for a reason, to read or to operate – and can end it at once.
import { type Consent, type ConsentScope, rightsOfConsent } from '@lazaret/contract';
import { type Actor, audit } from '../../audit/index.ts';
import { type Access, conflict, type ManagerParts, notFound } from '../../server/index.ts';
import { requireOwn } from './granting.ts';
import { readNewest } from './newest.ts';
import type { PageOf } from '../accounts/users.ts';

const HOUR_MS = 3_600_000;

interface ConsentRow {
  readonly id: string;
  readonly scope: ConsentScope;
  readonly reason: string;
  readonly granted_by: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly revoked_at: Date | null;
}

const toConsent = (row: ConsentRow, nowMs: number): Consent => ({
  id: row.id,
  scope: row.scope,
  reason: row.reason,
  grantedBy: row.granted_by,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  active: row.revoked_at === null && row.starts_at.getTime() <= nowMs && row.ends_at.getTime() > nowMs,
});

export async function listConsents(
  parts: ManagerParts,
  tenantId: string,
  limit: number,
  afterId: string | null,
): Promise<PageOf<Consent>> {
  return parts.database.asIdentity(async (tx) => {
    const { rows, total } = await readNewest<ConsentRow>(tx, 'consents', tenantId, limit, afterId);
    return { rows: rows.map((row) => toConsent(row, parts.clock.nowMs())), total };
  });
}

export async function giveConsent(
  parts: ManagerParts,
  tenantId: string,
  access: Access,
  asked: { readonly scope: ConsentScope; readonly reason: string; readonly hours: number },
): Promise<Consent> {
  requireOwn(access, rightsOfConsent(asked.scope));
  const { actor } = access;
  const now = new Date(parts.clock.nowMs());
  const row = {
    id: parts.newId(),
    tenant_id: tenantId,
    scope: asked.scope,
    reason: asked.reason,
    granted_by: actor.name,
    starts_at: now,
    ends_at: new Date(now.getTime() + asked.hours * HOUR_MS),
    revoked_at: null,
  };
  await parts.database.asIdentity(async (tx) => {
    await tx.insertInto('consents').values(row).execute();
    await audit(tx, { actor, action: 'consents.give', subject: `consent:${row.id}`, after: asked });
  }, tenantId);
  return toConsent(row, now.getTime());
}

export async function revokeConsent(parts: ManagerParts, tenantId: string, actor: Actor, id: string): Promise<Consent> {
  const now = new Date(parts.clock.nowMs());
  return parts.database.asIdentity(async (tx) => {
    const row = await tx
      .selectFrom('consents')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw notFound('consent');
    if (row.revoked_at !== null || row.ends_at <= now) throw conflict('This consent has already ended.');
    await tx.updateTable('consents').set({ revoked_at: now }).where('id', '=', id).execute();
    await audit(tx, { actor, action: 'consents.revoke', subject: `consent:${id}`, before: { scope: row.scope } });
    return toConsent({ ...row, revoked_at: now }, now.getTime());
  }, tenantId);
}
