// SPDX-License-Identifier: Apache-2.0
// Enrolment tokens: created with their secret, counted, withdrawn. Only the hash of the secret is stored.
import { createHash, randomBytes } from 'node:crypto';
import { formatEnrolmentToken, type EnrolmentToken } from '@lazaret/contract';
import { conflict, notFound } from '../server/index.ts';
import type { TenantTransaction } from '../database/index.ts';

export interface NewToken {
  readonly tenantId: string;
  readonly id: string;
  readonly policyId: string;
  readonly groupId: string | null;
  readonly uses: number;
  readonly note: string;
  readonly createdBy: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** Where agents reach the managers, and by which authorities they know them. */
export interface EnrolmentPlace {
  readonly managers: readonly string[];
  readonly authorities: readonly string[];
}

const HOUR_MS = 3_600_000;
export const hoursFrom = (now: Date, hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);

/** Resolves to the text that is shown once. Throws `api.not_found` for a policy or group that is none of the tenant's. */
export async function createToken(tx: TenantTransaction, token: NewToken, place: EnrolmentPlace): Promise<string> {
  const { tenantId, id, policyId, groupId, uses, note, createdBy, now, expiresAt } = token;
  await requirePlace(tx, policyId, groupId);
  const secret = randomBytes(32).toString('base64url');
  await tx
    .insertInto('enrolment_tokens')
    .values({
      tenant_id: tenantId,
      id,
      secret_hash: createHash('sha256').update(secret).digest('hex'),
      policy_id: policyId,
      group_id: groupId,
      uses,
      note,
      created_at: now,
      created_by: createdBy,
      expires_at: expiresAt,
      revoked_at: null,
    })
    .execute();
  return formatEnrolmentToken({ tenantId, tokenId: id, secret, ...place });
}

async function requirePlace(tx: TenantTransaction, policyId: string, groupId: string | null): Promise<void> {
  const policy = await tx.selectFrom('policies').select('id').where('id', '=', policyId).executeTakeFirst();
  if (policy === undefined) throw notFound('policy');
  if (groupId === null) return;
  const group = await tx.selectFrom('groups').select('id').where('id', '=', groupId).executeTakeFirst();
  if (group === undefined) throw notFound('group');
}

export async function revokeToken(tx: TenantTransaction, id: string, now: Date): Promise<void> {
  const token = await tx
    .selectFrom('enrolment_tokens')
    .select('revoked_at')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (token === undefined) throw notFound('enrolment token');
  if (token.revoked_at !== null) throw conflict('The enrolment token was already revoked.');
  await tx.updateTable('enrolment_tokens').set({ revoked_at: now }).where('id', '=', id).execute();
}

/** The rows of a list or of one token, with the names that a page shows. */
export function selectTokens(tx: TenantTransaction) {
  return tx
    .selectFrom('enrolment_tokens as token')
    .innerJoin('policies as policy', (join) =>
      join.onRef('policy.tenant_id', '=', 'token.tenant_id').onRef('policy.id', '=', 'token.policy_id'),
    )
    .leftJoin('groups as group', (join) =>
      join.onRef('group.tenant_id', '=', 'token.tenant_id').onRef('group.id', '=', 'token.group_id'),
    )
    .select([
      'token.id',
      'token.note',
      'token.uses',
      'token.used',
      'token.created_at',
      'token.created_by',
      'token.expires_at',
      'token.revoked_at',
      'token.policy_id',
      'policy.name as policy_name',
      'token.group_id',
      'group.name as group_name',
    ]);
}

export type TokenRow = Awaited<ReturnType<ReturnType<typeof selectTokens>['execute']>>[number];

export function presentToken(row: TokenRow): EnrolmentToken {
  return {
    id: row.id,
    note: row.note,
    policy: { id: row.policy_id, name: row.policy_name },
    group: row.group_id === null ? null : { id: row.group_id, name: row.group_name ?? '' },
    uses: row.uses,
    used: row.used,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
