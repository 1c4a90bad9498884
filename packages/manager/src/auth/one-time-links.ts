// SPDX-License-Identifier: Apache-2.0
// Links that work once: to set a password, to accept an invitation. Whoever makes one hands it over; only its hash is kept.
import { LazaretError } from '@lazaret/core';
import type { IdentityTransaction } from '../database/index.ts';
import { hashToken, newToken } from './secrets.ts';

export const LINK_MS = 3 * 24 * 3_600_000;

export interface OneTimeLink {
  readonly token: string;
  /** Where the console takes it; the token stands behind `#`, so that it is in no log. */
  readonly path: string;
  readonly expiresAt: string;
}

type LinkTarget =
  | { readonly purpose: 'password'; readonly userId: string }
  | { readonly purpose: 'invitation'; readonly invitationId: string };

export async function makeLink(tx: IdentityTransaction, target: LinkTarget, now: Date): Promise<OneTimeLink> {
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  await tx.deleteFrom('one_time_links').where('expires_at', '<', now).execute();
  await tx
    .insertInto('one_time_links')
    .values({
      token_hash: hash,
      purpose: target.purpose,
      user_id: target.purpose === 'password' ? target.userId : null,
      invitation_id: target.purpose === 'invitation' ? target.invitationId : null,
      expires_at: expiresAt,
    })
    .execute();
  const page = target.purpose === 'password' ? 'set-password' : 'invitation';
  return { token, path: `/${page}#${token}`, expiresAt: expiresAt.toISOString() };
}

/** What a link is for; null when it is none that counts. It is not used up. */
export async function findLink(
  tx: IdentityTransaction,
  token: string,
  purpose: LinkTarget['purpose'],
  now: Date,
): Promise<{ readonly user_id: string | null; readonly invitation_id: string | null } | null> {
  const found = await tx
    .selectFrom('one_time_links')
    .select(['user_id', 'invitation_id'])
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return found ?? null;
}

/** Uses it up. Of two at the same moment one wins. Throws `auth.link_invalid`. */
export async function useLink(tx: IdentityTransaction, token: string): Promise<void> {
  const gone = await tx.deleteFrom('one_time_links').where('token_hash', '=', hashToken(token)).executeTakeFirst();
  if (gone.numDeletedRows !== 1n) throw invalidLink();
}

export function invalidLink(): LazaretError {
  return new LazaretError('auth.link_invalid', 'This link is wrong, used up or too old.');
}
