// SPDX-License-Identifier: Apache-2.0
// A certificate is superseded by the first use of a newer one; and it is remembered that a copy of it was seen (SY-10b).
import type { Migration } from '../migration.ts';

export const copiedCertificates: Migration = {
  name: '0062-copied-certificates',
  statements: [
    'alter table lazaret.vm_certificates add column first_used_at timestamptz',
    'alter table lazaret.vm_certificates add column copied_at timestamptz',
    // Of those that stand the newest one has been in use: what is older was renewed, and counts no more.
    `update lazaret.vm_certificates c set revoked_at = now() where c.revoked_at is null and exists (
       select 1 from lazaret.vm_certificates n where n.tenant_id = c.tenant_id and n.vm_id = c.vm_id
         and n.created_at > c.created_at and n.created_at < now() - interval '1 day')`,
  ],
};
