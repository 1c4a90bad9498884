// SPDX-License-Identifier: Apache-2.0
import { createHash, X509Certificate } from 'node:crypto';
import type { TenantTransaction } from '../../database/index.ts';

export interface NewCertificate {
  readonly tenantId: string;
  readonly vmId: string;
  readonly issued: { readonly certificate: string; readonly serial: string; readonly notAfter: Date };
  readonly now: Date;
}

/** A certificate counts from when its row stands. */
export async function storeCertificate(
  tx: TenantTransaction,
  { tenantId, vmId, issued, now }: NewCertificate,
): Promise<void> {
  const key = new X509Certificate(issued.certificate).publicKey;
  await tx
    .insertInto('vm_certificates')
    .values({
      tenant_id: tenantId,
      serial: issued.serial,
      vm_id: vmId,
      key_hash: createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
      not_after: issued.notAfter,
      created_at: now,
      revoked_at: null,
    })
    .execute();
}
