// SPDX-License-Identifier: Apache-2.0
// Nobody gives what it has not: looked at when something is given, and again when it is used – an invitation, a link for a password.
import { type Right, rightsOfRole, TENANT_RIGHTS, type TenantRight, type TenantRole } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Actor } from '../audit/index.ts';
import type { IdentityTransaction } from '../database/index.ts';
import type { Access } from '../server/index.ts';

/** Who gives, with what it has now. */
export interface Giver {
  readonly actor: Actor;
  readonly rights: ReadonlySet<Right>;
  readonly userId: string | null;
  readonly tokenId: string | null;
  readonly byProvider: boolean;
}

export function giverOf({ actor, rights, principal }: Access): Giver {
  return { actor, rights, ...principal.maker, byProvider: false };
}

/** A tenant that is new has nobody yet who could give: its provider gives the first admin all. */
export function giverOfNewTenant(access: Access): Giver {
  return { ...giverOf(access), rights: new Set(TENANT_RIGHTS), byProvider: true };
}

/** Throws `api.forbidden`. Also before a role is taken away: who has more than oneself is not one's to change. */
export function requireOwn({ rights }: Pick<Giver, 'rights'>, given: readonly Right[]): void {
  const beyond = given.filter((right) => !rights.has(right));
  if (beyond.length > 0)
    throw new LazaretError('api.forbidden', `This takes rights that you do not have: ${beyond.join(', ')}.`);
}

/** As a row remembers who gave. */
export interface Given {
  readonly made_by: string | null;
  readonly token_id: string | null;
}

/** Whether who gave it would still give it: `users.write`, and all that the role has. */
export async function wouldStillGive(
  tx: IdentityTransaction,
  tenantId: string,
  given: Given & { readonly by_provider?: boolean },
  role: TenantRole,
): Promise<boolean> {
  const rights = await rightsNow(tx, tenantId, given);
  return rights.has('users.write') && rightsOfRole(role).every((right) => rights.has(right));
}

async function rightsNow(
  tx: IdentityTransaction,
  tenantId: string,
  { made_by, token_id, by_provider = false }: Given & { readonly by_provider?: boolean },
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
  if (by_provider) return new Set(maker?.provider === true ? TENANT_RIGHTS : []);
  const rights = maker?.role == null ? [] : rightsOfRole(maker.role);
  if (token_id === null) return new Set(rights);
  const token = await tx.selectFrom('api_tokens').select('rights').where('id', '=', token_id).executeTakeFirst();
  return new Set(rights.filter((right) => token?.rights.includes(right)));
}
