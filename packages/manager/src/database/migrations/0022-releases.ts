// SPDX-License-Identifier: Apache-2.0
// Pattern releases – the provider's for all, with a tenant's own signatures beside them – and the bytes of files, by their hash.
import type { Migration } from '../migration.ts';
import { readableFromProvider, tenantTable } from '../migration.ts';

export const releases: Migration = {
  name: '0022-releases',
  statements: [
    `create table lazaret.releases (
       tenant_id uuid not null,
       id text not null,
       label text not null,
       state text not null check (state in ('imported', 'active', 'withdrawn')),
       source text not null,
       created_at timestamptz not null,
       imported_at timestamptz not null,
       imported_by text,
       activated_at timestamptz,
       files jsonb not null,
       bytes bigint not null,
       primary key (tenant_id, id)
     )`,
    `create unique index releases_active on lazaret.releases (tenant_id) where state = 'active'`,
    ...tenantTable('releases'),
    ...readableFromProvider('releases'),
    // In the database, so that every manager has them; in parts, so that none needs them whole in memory.
    `create table lazaret.file_parts (
       tenant_id uuid not null,
       sha256 text not null,
       part integer not null,
       bytes bytea not null,
       primary key (tenant_id, sha256, part)
     )`,
    ...tenantTable('file_parts'),
    ...readableFromProvider('file_parts'),
    `create table lazaret.signatures (
       tenant_id uuid not null,
       id uuid not null,
       kind text not null check (kind in ('sha256', 'clamav', 'yara')),
       name text not null,
       body text not null,
       threat_kind text not null,
       reason text not null default '',
       created_at timestamptz not null,
       created_by text,
       state text not null check (state in ('checking', 'active', 'refused')),
       why text,
       primary key (tenant_id, id)
     )`,
    'create unique index signatures_name on lazaret.signatures (tenant_id, name)',
    ...tenantTable('signatures'),
  ],
};
