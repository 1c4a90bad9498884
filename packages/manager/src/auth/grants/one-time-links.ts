// SPDX-License-Identifier: Apache-2.0
// Links that work once: to set a password or to accept an invitation. The person who creates a link passes it on; only its hash is stored. When the link is
// used, the rights of its creator are checked again; a membership that began, ended or changed meanwhile has already ended the link (migration 0060).
import { LazaretError } from '@lazaret/core';
import type { IdentityTransaction } from '../../database/index.ts';
import { roleOfTenantAlone } from './granting.ts';
import { hashToken, newToken } from '../factors/secrets.ts';
import { type Given, wouldStillGive } from './still-gives.ts';

export const LINK_MS = 3 * 24 * 3_600_000;

export interface OneTimeLink {
  readonly token: string;
  /** Where the console takes it; the token stands behind `#`, so that it is in no log. */
  readonly path: string;
  readonly expiresAt: string;
}

/** Null: root on the manager's machine. */
export type LinkMaker = { readonly tenantId: string; readonly userId: string; readonly tokenId: string | null } | null;

type LinkTarget =
  | { readonly purpose: 'password'; readonly userId: string; readonly by: LinkMaker }
  | { readonly purpose: 'invitation'; readonly invitationId: string };

export async function makeLink(tx: IdentityTransaction, target: LinkTarget, now: Date): Promise<OneTimeLink> {
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  const by = target.purpose === 'password' ? target.by : null;
  await forgetExpiredLinks(tx, now);
  await tx
    .insertInto('one_time_links')
    .values({
      token_hash: hash,
      purpose: target.purpose,
      user_id: target.purpose === 'password' ? target.userId : null,
      invitation_id: target.purpose === 'invitation' ? target.invitationId : null,
      expires_at: expiresAt,
      tenant_id: by?.tenantId ?? null,
      made_by: by?.userId ?? null,
      token_id: by?.tokenId ?? null,
    })
    .execute();
  const page = target.purpose === 'password' ? 'set-password' : 'invitation';
  return { token, path: `/${page}#${token}`, expiresAt: expiresAt.toISOString() };
}

interface FoundLink extends Given {
  readonly user_id: string | null;
  readonly invitation_id: string | null;
  readonly tenant_id: string | null;
}

/** What a link is for; null when it is none that counts. It is not used up. */
export async function findLink(
  tx: IdentityTransaction,
  token: string,
  purpose: LinkTarget['purpose'],
  now: Date,
): Promise<FoundLink | null> {
  const found = await tx
    .selectFrom('one_time_links')
    .select(['user_id', 'invitation_id', 'tenant_id', 'made_by', 'token_id'])
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return found ?? null;
}

export interface PasswordLink {
  readonly userId: string;
  readonly email: string;
}

/**
 * Whose password a link sets, if its maker may set it now: the account is of that tenant alone, and has no more rights than the maker. Holds the account
 * still until the transaction ends, so that nobody joins another tenant meanwhile. Throws `auth.link_invalid`.
 */
export async function requireLinkInForce(tx: IdentityTransaction, link: FoundLink): Promise<PasswordLink> {
  const user = await tx
    .selectFrom('users')
    .select(['id', 'email', 'provider'])
    .where('id', '=', link.user_id)
    .forUpdate()
    .executeTakeFirst();
  if (user === undefined) throw invalidLink();
  if (link.tenant_id !== null && !(await isForTenant(tx, link.tenant_id, user, link))) throw invalidLink();
  return { userId: user.id, email: user.email };
}

async function isForTenant(
  tx: IdentityTransaction,
  tenantId: string,
  user: { readonly id: string; readonly provider: boolean },
  link: Given,
): Promise<boolean> {
  const memberships = await tx
    .selectFrom('memberships')
    .select(['tenant_id', 'role'])
    .where('user_id', '=', user.id)
    .execute();
  const role = roleOfTenantAlone({ provider: user.provider, memberships }, tenantId);
  return role !== null && (await wouldStillGive(tx, tenantId, link, role));
}

export async function forgetExpiredLinks(tx: IdentityTransaction, now: Date): Promise<void> {
  await tx.deleteFrom('one_time_links').where('expires_at', '<', now).execute();
}

/** A new password ends every link to set one: whoever else holds one would set another. */
export async function forgetPasswordLinks(tx: IdentityTransaction, userId: string): Promise<void> {
  await tx.deleteFrom('one_time_links').where('user_id', '=', userId).where('purpose', '=', 'password').execute();
}

/** Uses it up. Of two at the same moment one wins. Throws `auth.link_invalid`. */
export async function useLink(tx: IdentityTransaction, token: string): Promise<void> {
  const gone = await tx.deleteFrom('one_time_links').where('token_hash', '=', hashToken(token)).executeTakeFirst();
  if (gone.numDeletedRows !== 1n) throw invalidLink();
}

export function invalidLink(): LazaretError {
  return new LazaretError('auth.link_invalid', 'This link is wrong, already used or expired.');
}
