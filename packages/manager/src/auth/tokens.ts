// SPDX-License-Identifier: Apache-2.0
// API tokens of a tenant (MG-2d): shown once, stored as a hash, with no more rights than who makes them.
import type { ApiToken, Right, TenantRight } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import { audit } from '../audit/index.ts';
import { type Access, type ManagerParts, notFound } from '../server/index.ts';
import { newToken } from './secrets.ts';
import type { PageOf } from './users.ts';

const DAY_MS = 24 * 3_600_000;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

const toApiToken = (row: TokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  rights: row.rights as TenantRight[],
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

export async function listTokens(
  parts: ManagerParts,
  tenantId: string,
  limit: number,
  afterId: string | null,
): Promise<PageOf<ApiToken>> {
  return parts.database.asIdentity(async (tx) => {
    let query = tx.selectFrom('api_tokens').selectAll().where('tenant_id', '=', tenantId);
    if (afterId !== null) query = query.where('id', '<', afterId);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const count = await tx
      .selectFrom('api_tokens')
      .select(sql<number>`count(*)`.as('total'))
      .where('tenant_id', '=', tenantId)
      .executeTakeFirstOrThrow();
    return { rows: rows.map(toApiToken), total: count.total };
  });
}

export async function createToken(
  parts: ManagerParts,
  tenantId: string,
  access: Access,
  asked: {
    readonly name: string;
    readonly rights: readonly TenantRight[];
    readonly expiresInDays?: number | undefined;
  },
): Promise<{ apiToken: ApiToken; token: string }> {
  const beyond = asked.rights.filter((right: Right) => !access.rights.has(right));
  if (beyond.length > 0)
    throw new LazaretError('api.forbidden', `You cannot give rights that you do not have: ${beyond.join(', ')}.`);
  const now = new Date(parts.clock.nowMs());
  const { token, hash } = newToken('lzt_');
  const row = {
    id: parts.newId(),
    tenant_id: tenantId,
    name: asked.name,
    rights: [...new Set(asked.rights)],
    created_by: access.actor.name,
    created_at: now,
    expires_at: asked.expiresInDays === undefined ? null : new Date(now.getTime() + asked.expiresInDays * DAY_MS),
    last_used_at: null,
  };
  await parts.database.asIdentity(async (tx) => {
    await tx
      .insertInto('api_tokens')
      .values({ ...row, token_hash: hash })
      .execute();
    const after = { name: row.name, rights: row.rights, expiresAt: row.expires_at };
    await audit(tx, { actor: access.actor, action: 'tokens.create', subject: `token:${row.id}`, after });
  }, tenantId);
  return { apiToken: toApiToken(row), token };
}

export async function revokeToken(parts: ManagerParts, tenantId: string, access: Access, id: string): Promise<void> {
  await parts.database.asIdentity(async (tx) => {
    const gone = await tx
      .deleteFrom('api_tokens')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returning(['name', 'rights'])
      .executeTakeFirst();
    if (gone === undefined) throw notFound('token');
    await audit(tx, { actor: access.actor, action: 'tokens.revoke', subject: `token:${id}`, before: gone });
  }, tenantId);
}
