// SPDX-License-Identifier: Apache-2.0
// The installation's authorities, what agents upload, and what wakes an agent's long poll: triggers, so that whoever changes a row cannot forget to.
import type { Migration } from '../migration.ts';
import { tenantTable } from '../migration.ts';

/** NOTIFY `lazaret_vm` with `<tenant> <vm or *>`; it is heard when the change is committed. */
const wake = (name: string, vm: string): string =>
  `create function lazaret.wake_${name}() returns trigger language plpgsql set search_path = pg_catalog as $$
   begin perform pg_notify('lazaret_vm', new.tenant_id || ' ' || ${vm}); return null; end $$`;

export const link: Migration = {
  name: '0023-link',
  statements: [
    // `next`: made known to agents, not used yet. `old`: still believed, signs nothing any more.
    `create table identity.authorities (
       id uuid primary key,
       state text not null check (state in ('next', 'active', 'old')),
       certificate text not null,
       key_sealed bytea not null,
       created_at timestamptz not null,
       since timestamptz not null,
       not_after timestamptz not null
     )`,
    `create unique index authorities_active on identity.authorities ((true)) where state = 'active'`,
    `create unique index authorities_next on identity.authorities ((true)) where state = 'next'`,
    'grant select, insert, update, delete on identity.authorities to lazaret_identity',
    // A quarantined file on its way to a person (AC-8g): sealed, in parts, for a day.
    `create table lazaret.upload_parts (
       tenant_id uuid not null,
       command_id uuid not null,
       part integer not null,
       sealed bytea not null,
       received_at timestamptz not null,
       primary key (tenant_id, command_id, part)
     )`,
    'create index upload_parts_received on lazaret.upload_parts (tenant_id, received_at)',
    ...tenantTable('upload_parts'),
    wake('vm', 'new.id'),
    wake('vm_of', 'new.vm_id'),
    wake('all', `'*'`),
    `create trigger wake after update of policy_id, policy_since, group_id, membership on lazaret.vms for each row
       when (old.policy_id is distinct from new.policy_id or old.group_id is distinct from new.group_id or old.policy_since is distinct from new.policy_since
         or old.membership is distinct from new.membership) execute function lazaret.wake_vm()`,
    'create trigger wake after insert on lazaret.commands for each row execute function lazaret.wake_vm_of()',
    `create trigger wake after update of hash on lazaret.policies for each row
       when (old.hash is distinct from new.hash) execute function lazaret.wake_all()`,
    `create trigger wake after update of policy_id on lazaret.groups for each row
       when (old.policy_id is distinct from new.policy_id) execute function lazaret.wake_all()`,
  ],
};
