// SPDX-License-Identifier: Apache-2.0
// Scans in the order in which they were asked for or began. Their numbers tell nothing of it: an agent's were random, and an order and a run have one each.
import type { Migration } from '../migration.ts';

export const scansByTime: Migration = {
  name: '0065-scans-by-time',
  statements: [
    `alter table lazaret.scans add column since timestamptz
       generated always as (coalesce(queued_at, started_at, ended_at, '1970-01-01 00:00:00+00'::timestamptz)) stored not null`,
    'drop index lazaret.scans_vm',
    'create index scans_vm on lazaret.scans (tenant_id, vm_id, since, id)',
    'create index scans_since on lazaret.scans (tenant_id, since, id)',
  ],
};
