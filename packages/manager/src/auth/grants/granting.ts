// SPDX-License-Identifier: Apache-2.0
// Nobody can grant rights that they do not have. This is checked when something is granted, and again when an invitation or a password link is used. Pure.
import { type Right, rightsOfRole, TENANT_RIGHTS, type TenantRight, type TenantRole } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Actor } from '../../audit/index.ts';
import type { Access } from '../../server/index.ts';

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
    throw new LazaretError('api.forbidden', `This needs rights that you do not have: ${beyond.join(', ')}.`);
}

/** Who gave something, as it is now. */
export interface MakerNow {
  /** In the tenant; null where it is no member, or is disabled. */
  readonly role: TenantRole | null;
  readonly isProvider: boolean;
  /** As the first admin of a new tenant, where nobody is a member yet. */
  readonly gaveAsProvider: boolean;
  /** Of the token by which it gave: null where it gave in person, undefined where the token is gone. */
  readonly tokenRights: readonly string[] | null | undefined;
}

export function rightsOfMaker({ role, isProvider, gaveAsProvider, tokenRights }: MakerNow): ReadonlySet<TenantRight> {
  if (gaveAsProvider) return new Set(isProvider ? TENANT_RIGHTS : []);
  if (role === null) return new Set();
  return new Set(tokenRights === null ? rightsOfRole(role) : rightsOfToken(role, tokenRights ?? []));
}

/** A token has of its rights what its maker has now. */
export function rightsOfToken(role: TenantRole, own: readonly string[]): readonly TenantRight[] {
  return rightsOfRole(role).filter((right) => own.includes(right));
}

/** Whether these rights are enough to give a role: `users.write`, and all that the role has. */
export function mayGiveRole(rights: ReadonlySet<TenantRight>, role: TenantRole): boolean {
  return rights.has('users.write') && rightsOfRole(role).every((right) => rights.has(right));
}

export interface Account {
  readonly provider: boolean;
  readonly memberships: readonly { readonly tenant_id: string; readonly role: TenantRole }[];
}

/** The role of an account that belongs to this tenant and to nothing else; null for any other: whoever may change it here would open doors there. */
export function roleOfTenantAlone({ provider, memberships }: Account, tenantId: string): TenantRole | null {
  const [only, ...others] = memberships;
  if (provider || only === undefined || others.length > 0) return null;
  return only.tenant_id === tenantId ? only.role : null;
}
