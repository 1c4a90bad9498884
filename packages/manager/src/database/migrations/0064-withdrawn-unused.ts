// SPDX-License-Identifier: Apache-2.0
// An earlier text of 0062 withdrew, on the day that it ran, every certificate that had a newer one – also where that newer one was issued in an answer which
// its VM never heard. Those are given back; the first use of the newer one withdraws them, as with all others. What it withdrew has the very instant of
// its transaction, so nothing else is touched.
import type { Migration } from '../migration.ts';

export const withdrawnUnused: Migration = {
  name: '0064-withdrawn-unused',
  statements: [
    `update lazaret.vm_certificates c set revoked_at = null
       where c.revoked_at = (select at from migrations.done where name = '0062-copied-certificates')
         and not exists (select 1 from lazaret.vm_certificates n where n.tenant_id = c.tenant_id and n.vm_id = c.vm_id
           and n.created_at > c.created_at and n.first_used_at is not null)`,
  ],
};
