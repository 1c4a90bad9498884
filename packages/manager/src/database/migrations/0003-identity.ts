// SPDX-License-Identifier: Apache-2.0
// Users, how they sign in, and what lets the provider in. Secrets are hashes (tokens, passwords) or sealed (TOTP).
import type { Migration } from '../migration.ts';

const rights = 'select, insert, update, delete';

export const identity: Migration = {
  name: '0003-identity',
  statements: [
    `create table identity.users (
       id uuid primary key,
       email text not null,
       name text not null,
       language text not null,
       password_hash text,
       provider boolean not null default false,
       totp_sealed bytea,
       totp_enabled_at timestamptz,
       totp_step bigint not null default 0,
       created_at timestamptz not null default now()
     )`,
    'create unique index users_email on identity.users (lower(email))',
    `create table identity.memberships (
       tenant_id uuid not null references identity.tenants,
       user_id uuid not null references identity.users on delete cascade,
       role text not null,
       disabled_at timestamptz,
       created_at timestamptz not null default now(),
       primary key (tenant_id, user_id)
     )`,
    'create index memberships_user on identity.memberships (user_id)',
    // A way of signing in other than by password (OIDC) makes the same kind of session: signed_in_by says which.
    `create table identity.sessions (
       token_hash bytea primary key,
       user_id uuid not null references identity.users on delete cascade,
       signed_in_by text not null,
       created_at timestamptz not null,
       seen_at timestamptz not null,
       expires_at timestamptz not null,
       address text not null,
       user_agent text not null
     )`,
    'create index sessions_user on identity.sessions (user_id)',
    // By the hash of what was typed as e-mail: of accounts that do not exist, too, so that the answer does not tell them apart.
    `create table identity.sign_in_failures (
       email_hash bytea primary key,
       count integer not null,
       since timestamptz not null,
       locked_until timestamptz
     )`,
    `create table identity.one_time_links (
       token_hash bytea primary key,
       purpose text not null,
       user_id uuid references identity.users on delete cascade,
       invitation_id uuid,
       expires_at timestamptz not null
     )`,
    `create table identity.invitations (
       id uuid primary key,
       tenant_id uuid not null references identity.tenants,
       email text not null,
       role text not null,
       created_at timestamptz not null,
       expires_at timestamptz not null
     )`,
    'create unique index invitations_email on identity.invitations (tenant_id, lower(email))',
    'alter table identity.one_time_links add foreign key (invitation_id) references identity.invitations on delete cascade',
    `create table identity.api_tokens (
       id uuid primary key,
       tenant_id uuid not null references identity.tenants,
       token_hash bytea not null unique,
       name text not null,
       rights text[] not null,
       created_by text not null,
       created_at timestamptz not null,
       expires_at timestamptz,
       last_used_at timestamptz
     )`,
    'create index api_tokens_tenant on identity.api_tokens (tenant_id, id)',
    `create table identity.consents (
       id uuid primary key,
       tenant_id uuid not null references identity.tenants,
       scope text not null,
       reason text not null,
       granted_by text not null,
       starts_at timestamptz not null,
       ends_at timestamptz not null,
       revoked_at timestamptz
     )`,
    'create index consents_tenant on identity.consents (tenant_id, ends_at)',
    // One line an hour in the tenant's audit for each person of the provider that looks: this row says that it is written.
    `create table identity.consent_uses (
       consent_id uuid not null references identity.consents on delete cascade,
       user_id uuid not null references identity.users on delete cascade,
       hour timestamptz not null,
       primary key (consent_id, user_id, hour)
     )`,
    'create table identity.installation (name text primary key, value jsonb not null)',
    ...[
      'users',
      'memberships',
      'sessions',
      'sign_in_failures',
      'one_time_links',
      'invitations',
      'api_tokens',
      'consents',
      'consent_uses',
      'installation',
    ].map((table) => `grant ${rights} on identity.${table} to lazaret_identity`),
  ],
};
