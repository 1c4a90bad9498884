// SPDX-License-Identifier: Apache-2.0
// API tokens of a tenant (MG-2d): shown once, stored as a hash, and never with more rights than their creator has at the moment of use. They expire.
import { type ApiToken, API_TOKEN_DAYS_DEFAULT, type TenantRight } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';
import { type Access, type ManagerParts, notFound } from '../../server/index.ts';
import { requireOwn } from './granting.ts';
import { readNewest } from './newest.ts';
import { newToken } from '../factors/secrets.ts';
import type { PageOf } from '../accounts/users.ts';

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
    const { rows, total } = await readNewest<TokenRow>(tx, 'api_tokens', tenantId, limit, afterId);
    return { rows: rows.map(toApiToken), total };
  });
}

export async function createToken(
  parts: ManagerParts,
  tenantId: string,
  access: Access,
  asked: {
    readonly name: string;
    readonly rights: readonly TenantRight[];
    /** Null: never. */
    readonly expiresInDays?: number | null | undefined;
  },
): Promise<{ apiToken: ApiToken; token: string }> {
  requireOwn(access, asked.rights);
  const { expiresInDays = API_TOKEN_DAYS_DEFAULT } = asked;
  if (expiresInDays === null) requireOwn(access, ['tokens.lasting']);
  const { userId, tokenId } = access.principal.maker;
  if (userId === null) throw new LazaretError('api.forbidden', 'A token needs the account that created it.');
  const now = new Date(parts.clock.nowMs());
  const { token, hash } = newToken('lzt_');
  const row = {
    id: parts.newId(),
    tenant_id: tenantId,
    name: asked.name,
    rights: [...new Set(asked.rights)],
    created_by: access.actor.name,
    made_by: userId,
    parent_id: tokenId,
    created_at: now,
    expires_at: expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * DAY_MS),
    last_used_at: null,
  };
  const made = await parts.database.asIdentity(async (tx) => {
    const ending = { ...row, expires_at: earlier(row.expires_at, await endOf(tx, tokenId)) };
    await tx
      .insertInto('api_tokens')
      .values({ ...ending, token_hash: hash })
      .execute();
    const after = { name: ending.name, rights: ending.rights, expiresAt: ending.expires_at };
    await audit(tx, { actor: access.actor, action: 'tokens.create', subject: `token:${row.id}`, after });
    return ending;
  }, tenantId);
  return { apiToken: toApiToken(made), token };
}

/** A token that a token makes does not outlive it. */
async function endOf(tx: IdentityTransaction, parentId: string | null): Promise<Date | null> {
  if (parentId === null) return null;
  const parent = await tx.selectFrom('api_tokens').select('expires_at').where('id', '=', parentId).executeTakeFirst();
  return parent?.expires_at ?? null;
}

function earlier(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
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
