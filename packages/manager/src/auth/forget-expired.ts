// SPDX-License-Identifier: Apache-2.0
// Deletes what no longer lets anybody in, and old records of what the provider looked at.
import type { IdentityTransaction } from '../database/index.ts';
import { forgetExpiredLinks } from './grants/one-time-links.ts';
import { forgetExpiredSessions } from './sessions/sessions.ts';

export async function forgetExpired(
  tx: IdentityTransaction,
  { now, consentUsesBefore }: { readonly now: Date; readonly consentUsesBefore: Date },
): Promise<void> {
  await forgetExpiredSessions(tx, now);
  await forgetExpiredLinks(tx, now);
  await tx.deleteFrom('invitations').where('expires_at', '<', now).execute();
  await tx.deleteFrom('consent_uses').where('hour', '<', consentUsesBefore).execute();
}
