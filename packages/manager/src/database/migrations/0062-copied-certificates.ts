// SPDX-License-Identifier: Apache-2.0
// A certificate is superseded by the first use of a newer one; and it is remembered that a copy of it was seen (SY-10b).
import type { Migration } from '../migration.ts';

export const copiedCertificates: Migration = {
  name: '0062-copied-certificates',
  statements: [
    'alter table lazaret.vm_certificates add column first_used_at timestamptz',
    'alter table lazaret.vm_certificates add column copied_at timestamptz',
    // Nobody knows which of those that stand is in use: the newest may be one whose answer was lost. The first use of one tells, as for all others.
  ],
};
