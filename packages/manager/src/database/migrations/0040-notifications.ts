// SPDX-License-Identifier: Apache-2.0
// Who has been told of what: the open hours of repeated detections, and the outbox of mails and webhooks.
import type { Migration } from '../migration.ts';
import { tenantTable } from '../migration.ts';

export const notifications: Migration = {
  name: '0040-notifications',
  statements: [
    // AC-11c: one row for each VM, file and threat while its hour is open. `message` is the last detection, for the summary.
    `create table lazaret.notification_windows (
       tenant_id uuid not null,
       vm_id uuid not null,
       file_key text not null,
       threat text not null,
       opened_at timestamptz not null,
       repeats integer not null,
       last_repeat_at timestamptz,
       message jsonb not null,
       primary key (tenant_id, vm_id, file_key, threat)
     )`,
    'create index notification_windows_opened on lazaret.notification_windows (tenant_id, opened_at)',
    ...tenantTable('notification_windows'),
    `create table lazaret.outbox (
       tenant_id uuid not null,
       id uuid not null,
       channel text not null check (channel in ('mail', 'webhook')),
       recipient text not null,
       language text not null,
       message jsonb not null,
       detection_id uuid,
       state text not null default 'waiting' check (state in ('waiting', 'sent', 'given-up')),
       attempts integer not null default 0,
       created_at timestamptz not null,
       next_at timestamptz not null,
       settled_at timestamptz,
       last_error text,
       primary key (tenant_id, id)
     )`,
    `create index outbox_due on lazaret.outbox (tenant_id, next_at) where state = 'waiting'`,
    'create index outbox_detection on lazaret.outbox (tenant_id, detection_id) where detection_id is not null',
    ...tenantTable('outbox'),
  ],
};
