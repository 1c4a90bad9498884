// SPDX-License-Identifier: Apache-2.0
// Policies with their immutable revisions, and groups of VMs.
import type { Migration } from '../migration.ts';
import { tenantTable } from '../migration.ts';

export const policiesAndGroups: Migration = {
  name: '0002-policies-and-groups',
  statements: [
    `create table lazaret.policies (
       tenant_id uuid not null,
       id uuid not null,
       name text not null,
       is_default boolean not null default false,
       revision integer not null,
       hash text not null,
       created_at timestamptz not null default now(),
       updated_at timestamptz not null default now(),
       primary key (tenant_id, id)
     )`,
    'create unique index policies_name on lazaret.policies (tenant_id, lower(name))',
    'create unique index policies_default on lazaret.policies (tenant_id) where is_default',
    ...tenantTable('policies'),
    // The document by its hash: what a VM asks for. It never changes.
    `create table lazaret.policy_documents (
       tenant_id uuid not null,
       hash text not null,
       document text not null,
       created_at timestamptz not null default now(),
       primary key (tenant_id, hash)
     )`,
    ...tenantTable('policy_documents', 'select, insert'),
    `create table lazaret.policy_revisions (
       tenant_id uuid not null,
       policy_id uuid not null,
       revision integer not null,
       hash text not null,
       author text not null,
       comment text,
       created_at timestamptz not null default now(),
       primary key (tenant_id, policy_id, revision),
       foreign key (tenant_id, policy_id) references lazaret.policies (tenant_id, id) on delete cascade,
       foreign key (tenant_id, hash) references lazaret.policy_documents (tenant_id, hash)
     )`,
    ...tenantTable('policy_revisions', 'select, insert'),
    `create table lazaret.groups (
       tenant_id uuid not null,
       id uuid not null,
       name text not null,
       policy_id uuid,
       created_at timestamptz not null default now(),
       primary key (tenant_id, id),
       foreign key (tenant_id, policy_id) references lazaret.policies (tenant_id, id)
     )`,
    'create unique index groups_name on lazaret.groups (tenant_id, lower(name))',
    ...tenantTable('groups'),
  ],
};
