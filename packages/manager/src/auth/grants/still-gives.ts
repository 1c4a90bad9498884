// SPDX-License-Identifier: Apache-2.0
// Checks at each use whether the person who granted something would still be allowed to grant it. `granting.ts` decides.
import type { TenantRight, TenantRole } from '@lazaret/contract';
import type { IdentityTransaction } from '../../database/index.ts';
import { mayGiveRole, rightsOfMaker } from './granting.ts';

/** As a row remembers who gave. */
export interface Given {
  readonly made_by: string | null;
  readonly token_id: string | null;
  readonly by_provider?: boolean;
}

export async function wouldStillGive(
  tx: IdentityTransaction,
  tenantId: string,
  given: Given,
  role: TenantRole,
): Promise<boolean> {
  return mayGiveRole(await rightsNow(tx, tenantId, given), role);
}

async function rightsNow(
  tx: IdentityTransaction,
  tenantId: string,
  { made_by, token_id, by_provider = false }: Given,
): Promise<ReadonlySet<TenantRight>> {
  if (made_by === null) return new Set();
  const maker = await tx
    .selectFrom('users as u')
    .leftJoin('memberships as m', (join) =>
      join.onRef('m.user_id', '=', 'u.id').on('m.tenant_id', '=', tenantId).on('m.disabled_at', 'is', null),
    )
    .select(['u.provider', 'm.role'])
    .where('u.id', '=', made_by)
    .executeTakeFirst();
  const token =
    token_id === null
      ? null
      : await tx.selectFrom('api_tokens').select('rights').where('id', '=', token_id).executeTakeFirst();
  return rightsOfMaker({
    role: maker?.role ?? null,
    isProvider: maker?.provider ?? false,
    gaveAsProvider: by_provider,
    tokenRights: token === null ? null : token?.rights,
  });
}
