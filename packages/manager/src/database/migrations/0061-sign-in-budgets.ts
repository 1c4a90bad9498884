// SPDX-License-Identifier: Apache-2.0
// Failures are counted by budget – a known device, an address, all strangers – and no more by account alone: a stranger cannot lock out who is known.
import type { Migration } from '../migration.ts';

export const signInBudgets: Migration = {
  name: '0061-sign-in-budgets',
  statements: [
    'delete from identity.sign_in_failures',
    'alter table identity.sign_in_failures rename column email_hash to budget_hash',
    'create index sign_in_failures_since on identity.sign_in_failures (since)',
    // A browser from which somebody has signed in with all factors; only the hash of its cookie.
    `create table identity.known_devices (
       token_hash bytea not null,
       user_id uuid not null references identity.users on delete cascade,
       seen_at timestamptz not null,
       primary key (token_hash, user_id)
     )`,
    'create index known_devices_user on identity.known_devices (user_id, seen_at)',
    'grant select, insert, update, delete on identity.known_devices to lazaret_identity',
  ],
};
