// SPDX-License-Identifier: Apache-2.0
// The three schemas and the three roles. A role is of the whole server: it may exist already, from another database.
import type { Migration } from '../migration.ts';
import { tenantTable } from '../migration.ts';

const role = (name: string, attributes: string): string =>
  `do $$ begin create role ${name} ${attributes}; exception when duplicate_object or unique_violation then null; end $$`;

/** Roles are no part of a dump: a restore makes them first. */
export const ROLE_STATEMENTS: readonly string[] = [
  role('lazaret_app', 'nologin nosuperuser nobypassrls'),
  role('lazaret_identity', 'nologin nosuperuser nobypassrls'),
  role('lazaret_jobs', 'nologin nosuperuser nobypassrls'),
  // The login of the own cluster: without rights of its own, able to take on the three.
  `do $$ begin if (select rolsuper from pg_roles where rolname = current_user) then
     begin create role lazaret_service login noinherit; exception when duplicate_object or unique_violation then null; end;
     grant lazaret_app, lazaret_identity, lazaret_jobs to lazaret_service;
   else
     execute format('grant lazaret_app, lazaret_identity, lazaret_jobs to %I', current_user);
   end if; end $$`,
];

export const schemasAndRoles: Migration = {
  name: '0001-schemas-and-roles',
  statements: [
    ...ROLE_STATEMENTS,
    'create schema lazaret',
    'create schema identity',
    'create schema jobs',
    'grant usage on schema lazaret to lazaret_app, lazaret_identity',
    'grant usage on schema identity to lazaret_identity',
    'alter schema jobs owner to lazaret_jobs',
    `create table identity.tenants (
       id uuid primary key,
       name text not null,
       created_at timestamptz not null default now(),
       suspended_at timestamptz
     )`,
    'create unique index tenants_name on identity.tenants (lower(name))',
    `insert into identity.tenants (id, name) values ('00000000-0000-0000-0000-000000000000', 'provider')`,
    'grant select, insert, update on identity.tenants to lazaret_identity',
    `create table lazaret.audit (
       tenant_id uuid not null,
       id uuid not null,
       at timestamptz not null default now(),
       actor_kind text not null,
       actor_id text not null,
       actor_name text not null,
       action text not null,
       subject text not null,
       before jsonb,
       after jsonb,
       primary key (tenant_id, id)
     )`,
    'create index audit_at on lazaret.audit (tenant_id, at desc, id desc)',
    // Nobody rewrites what was done: no update, no delete.
    ...tenantTable('audit', 'select, insert'),
    'grant insert on lazaret.audit to lazaret_identity',
  ],
};
