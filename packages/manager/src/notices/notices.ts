// SPDX-License-Identifier: Apache-2.0
// MG-6: maintenance notices of the provider – in advance, urgent, and the end – to all tenants or to some. A notice is a row of the provider's tenant;
// row-level security lets the tenants read it that it is for. A job, sent in the transaction of the notice, notifies them.
import { type Notice, PROVIDER_TENANT_ID } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { type Selectable, sql } from 'kysely';
import { type Actor, audit } from '../audit/index.ts';
import type { NoticesTable, TenantTransaction } from '../database/index.ts';
import { conflict, type ManagerParts, notFound } from '../server/index.ts';
import { NOTICE_QUEUE } from './tell.ts';

type NoticeRow = Selectable<NoticesTable>;

export interface NoticeRequest {
  readonly kind: 'planned' | 'urgent';
  readonly title: Notice['title'];
  readonly text: Notice['text'];
  readonly reason: string | null;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly tenantIds: readonly string[] | null;
}

export async function publishNotice(parts: ManagerParts, actor: Actor, asked: NoticeRequest): Promise<Notice> {
  const now = new Date(parts.clock.nowMs());
  requireSense(asked, now);
  if (asked.tenantIds !== null) await requireTenants(parts, asked.tenantIds);
  return asProvider(parts, async (tx) => {
    const row = await tx
      .insertInto('notices')
      .values({
        tenant_id: PROVIDER_TENANT_ID,
        id: parts.newId(),
        kind: asked.kind,
        title: JSON.stringify(asked.title),
        text: JSON.stringify(asked.text),
        reason: asked.reason,
        starts_at: new Date(asked.startsAt),
        ends_at: asked.endsAt === null ? null : new Date(asked.endsAt),
        ended_at: null,
        end_text: null,
        tenant_ids: asked.tenantIds === null ? null : [...asked.tenantIds],
        created_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(tx, { actor, action: 'notices.publish', subject: `notice:${row.id}`, after: asked });
    await parts.jobs.send(tx, NOTICE_QUEUE.name, { noticeId: row.id, event: asked.kind });
    return toNotice(row, true);
  });
}

/** MG-6a: what is planned is told before it starts. MG-6b: what is urgent may start at once, but says why. */
function requireSense({ kind, reason, startsAt, endsAt }: NoticeRequest, now: Date): void {
  const refuse = (message: string, where: string): never => {
    throw new LazaretError('api.invalid', message, { where });
  };
  if (kind === 'planned' && new Date(startsAt) <= now)
    refuse('The start of planned maintenance must be in the future.', '/startsAt');
  if (kind === 'urgent' && reason === null) refuse('Urgent maintenance needs a reason.', '/reason');
  if (endsAt !== null && new Date(endsAt) <= new Date(startsAt)) refuse('The end must be after the start.', '/endsAt');
}

async function requireTenants({ database }: ManagerParts, ids: readonly string[]): Promise<void> {
  const found = await database.asIdentity((tx) =>
    tx.selectFrom('tenants').select('id').where('id', 'in', ids).execute(),
  );
  if (found.length !== new Set(ids).size)
    throw new LazaretError('api.invalid', 'Some of these tenants do not exist.', { where: '/tenantIds' });
}

/** MG-6c: the end is told, too. */
export async function endNotice(parts: ManagerParts, actor: Actor, id: string, text: Notice['text']): Promise<Notice> {
  const now = new Date(parts.clock.nowMs());
  return asProvider(parts, async (tx) => {
    const before = await tx.selectFrom('notices').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (before === undefined) throw notFound('notice');
    if (before.ended_at !== null) throw conflict('This maintenance has already ended.');
    const row = await tx
      .updateTable('notices')
      .set({ ended_at: now, end_text: JSON.stringify(text) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(tx, { actor, action: 'notices.end', subject: `notice:${id}`, after: { text } });
    await parts.jobs.send(tx, NOTICE_QUEUE.name, { noticeId: id, event: 'ended' });
    return toNotice(row, true);
  });
}

/** Newest first; of a tenant only those that are for it. */
export async function listNotices(
  parts: ManagerParts,
  tenantId: string,
  limit: number,
  beforeId: string | null,
): Promise<{ readonly rows: readonly Notice[]; readonly total: number }> {
  return parts.database.asTenant(tenantId, async (tx) => {
    let query = tx.selectFrom('notices').selectAll();
    if (beforeId !== null) query = query.where('id', '<', beforeId);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const { total } = await tx
      .selectFrom('notices')
      .select(sql<number>`count(*)`.as('total'))
      .executeTakeFirstOrThrow();
    return { rows: rows.map((row) => toNotice(row, tenantId === PROVIDER_TENANT_ID)), total };
  });
}

/** A tenant learns that a notice is for it, not for whom else. */
function toNotice(row: NoticeRow, forProvider: boolean): Notice {
  return {
    id: row.id,
    kind: row.ended_at === null ? row.kind : 'ended',
    title: row.title,
    text: row.end_text ?? row.text,
    reason: row.reason,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    tenantIds: forProvider ? row.tenant_ids : null,
  };
}

function asProvider<T>({ database }: ManagerParts, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return database.asTenant(PROVIDER_TENANT_ID, work);
}
