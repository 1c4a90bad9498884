// SPDX-License-Identifier: Apache-2.0
import { type AuditEntry, audit, auditIn } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';

/** Into the audit of the provider and of each tenant that the person belongs to. `actor`: where it was not the person. */
export async function auditOfUser(
  tx: IdentityTransaction,
  userId: string,
  entry: Pick<AuditEntry, 'action' | 'before' | 'after'> & Partial<Pick<AuditEntry, 'actor'>>,
): Promise<void> {
  const user = await tx.selectFrom('users').select(['email']).where('id', '=', userId).executeTakeFirstOrThrow();
  const whole: AuditEntry = {
    actor: { kind: 'user', id: userId, name: user.email },
    ...entry,
    subject: `user:${userId}`,
  };
  await audit(tx, whole);
  const tenants = await tx.selectFrom('memberships').select('tenant_id').where('user_id', '=', userId).execute();
  for (const { tenant_id } of tenants) await auditIn(tx, tenant_id, whole);
}
