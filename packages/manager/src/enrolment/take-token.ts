// SPDX-License-Identifier: Apache-2.0
// Checks an enrolment token that a VM shows, and records that it was used.
import { createHash, timingSafeEqual } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import type { TenantTransaction } from '../database/index.ts';

export interface ShownToken {
  readonly tokenId: string;
  readonly secret: string;
}

/** Where the VM is to stand. Throws `link.token_refused`. */
export async function takeToken(
  tx: TenantTransaction,
  { tokenId, secret }: ShownToken,
  now: Date,
): Promise<{ readonly policy_id: string; readonly group_id: string | null }> {
  const token = await tx
    .selectFrom('enrolment_tokens')
    .selectAll()
    .where('id', '=', tokenId)
    .forUpdate()
    .executeTakeFirst();
  if (token === undefined || !isSecretOf(token, secret)) throw refused('The token is not known');
  if (token.revoked_at !== null) throw refused('The token was revoked');
  if (token.expires_at <= now) throw refused(`The token expired at ${token.expires_at.toISOString()}`);
  if (token.used >= token.uses) throw refused(`The token was already used ${token.used} times, which is its limit`);
  await tx
    .updateTable('enrolment_tokens')
    .set({ used: token.used + 1 })
    .where('id', '=', tokenId)
    .execute();
  return token;
}

export function isSecretOf(token: { readonly secret_hash: string }, secret: string): boolean {
  const hash = createHash('sha256').update(secret).digest();
  const expected = Buffer.from(token.secret_hash, 'hex');
  return expected.length === hash.length && timingSafeEqual(expected, hash);
}

function refused(why: string): LazaretError {
  return new LazaretError('link.token_refused', `The manager does not accept the enrolment token. ${why}.`);
}
