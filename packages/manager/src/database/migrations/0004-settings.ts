// SPDX-License-Identifier: Apache-2.0
// Settings of a tenant; the provider's notices and terms, and what tenants have done with them.
import { CURRENT_TENANT, type Migration, readableFromProvider, tenantTable } from '../migration.ts';

export const settings: Migration = {
  name: '0004-settings',
  statements: [
    `create table lazaret.settings (
       tenant_id uuid not null,
       name text not null,
       value jsonb not null,
       primary key (tenant_id, name)
     )`,
    ...tenantTable('settings'),
    `create table lazaret.notices (
       tenant_id uuid not null,
       id uuid not null,
       kind text not null check (kind in ('planned', 'urgent')),
       title jsonb not null,
       text jsonb not null,
       reason text,
       starts_at timestamptz not null,
       ends_at timestamptz,
       ended_at timestamptz,
       end_text jsonb,
       tenant_ids uuid[],
       created_at timestamptz not null,
       primary key (tenant_id, id)
     )`,
    ...tenantTable('notices'),
    // A notice is read by those that it is for: all, or the named ones.
    `create policy addressed on lazaret.notices for select
       using (tenant_id = '00000000-0000-0000-0000-000000000000'::uuid and (tenant_ids is null or ${CURRENT_TENANT} = any (tenant_ids)))`,
    // That a tenant was told: so that a job that comes again tells nobody twice.
    `create table lazaret.notice_deliveries (
       tenant_id uuid not null,
       notice_id uuid not null,
       event text not null,
       at timestamptz not null,
       primary key (tenant_id, notice_id, event)
     )`,
    ...tenantTable('notice_deliveries', 'select, insert'),
    `create table lazaret.terms (
       tenant_id uuid not null,
       version integer not null,
       title jsonb not null,
       text jsonb not null,
       published_at timestamptz not null,
       primary key (tenant_id, version)
     )`,
    // What was accepted must stay as it was.
    ...tenantTable('terms', 'select, insert'),
    ...readableFromProvider('terms'),
    `create table lazaret.terms_acceptances (
       tenant_id uuid not null,
       version integer not null,
       accepted_by text not null,
       accepted_at timestamptz not null,
       primary key (tenant_id, version)
     )`,
    ...tenantTable('terms_acceptances', 'select, insert'),
  ],
};
