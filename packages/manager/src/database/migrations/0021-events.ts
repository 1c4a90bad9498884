// SPDX-License-Identifier: Apache-2.0
// What agents tell: events and detections, partitioned by the month in which they were received, so that a retention drops a table and not a million rows.
import type { Migration } from '../migration.ts';
import { CURRENT_TENANT, tenantTable } from '../migration.ts';

/**
 * A partition for a month, made by whoever needs it first. The application may not make tables: this function does exactly that one thing, with the
 * rights of the owner. A partition has row-level security of its own, although nobody has a right on it but through its parent.
 */
const ensurePartition = `create function lazaret.ensure_month(moment timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog as $$
  declare
    first_day timestamptz := date_trunc('month', moment at time zone 'UTC') at time zone 'UTC';
    next_day timestamptz := (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    parent text;
    part text;
  begin
    foreach parent in array array['events', 'detections'] loop
      part := parent || to_char(first_day at time zone 'UTC', '_YYYY_MM');
      if to_regclass('lazaret.' || part) is null then
        perform pg_advisory_xact_lock(hashtext('lazaret partition ' || part));
        -- What another session made while we waited may not be seen yet: then it is there, and that is all that is wanted.
        begin
          execute format('create table lazaret.%I partition of lazaret.%I for values from (%L) to (%L)', part, parent, first_day, next_day);
          execute format('alter table lazaret.%I enable row level security', part);
          execute format('alter table lazaret.%I force row level security', part);
          execute format('create policy tenant on lazaret.%I using (tenant_id = ${CURRENT_TENANT.replaceAll("'", "''")})', part);
        exception when duplicate_table then null;
        end;
      end if;
    end loop;
  end $$`;

/** Drops the months that ended before a moment; answers how many tables went. */
const dropMonths = `create function lazaret.drop_months_before(moment timestamptz) returns integer
  language plpgsql security definer set search_path = pg_catalog as $$
  declare
    part record;
    dropped integer := 0;
  begin
    for part in select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      join pg_namespace n on n.oid = p.relnamespace
      where n.nspname = 'lazaret' and p.relname in ('events', 'detections')
        and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= moment at time zone 'UTC' loop
      execute format('drop table lazaret.%I', part.relname);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$`;

export const events: Migration = {
  name: '0021-events',
  statements: [
    // Exactly once: the last sequence of each epoch, moved in the batch's own transaction.
    `create table lazaret.event_positions (
       tenant_id uuid not null,
       vm_id uuid not null,
       epoch uuid not null,
       last_sequence bigint not null,
       primary key (tenant_id, vm_id, epoch)
     )`,
    ...tenantTable('event_positions'),
    `create table lazaret.events (
       tenant_id uuid not null,
       received_at timestamptz not null,
       id uuid not null,
       vm_id uuid not null,
       time timestamptz not null,
       type text not null,
       body jsonb not null,
       primary key (tenant_id, received_at, id)
     ) partition by range (received_at)`,
    'create index events_vm on lazaret.events (tenant_id, vm_id, received_at desc, id desc)',
    ...tenantTable('events', 'select, insert'),
    `create table lazaret.detections (
       tenant_id uuid not null,
       received_at timestamptz not null,
       id uuid not null,
       vm_id uuid not null,
       time timestamptz not null,
       origin text not null,
       path text not null,
       path_base64 text,
       threat text not null,
       kind text not null,
       bytes bigint not null,
       sha256 text,
       action text,
       result text not null,
       quarantine_entry text,
       body jsonb not null,
       primary key (tenant_id, received_at, id)
     ) partition by range (received_at)`,
    'create index detections_recent on lazaret.detections (tenant_id, received_at desc, id desc)',
    'create index detections_id on lazaret.detections (tenant_id, id)',
    'create index detections_vm on lazaret.detections (tenant_id, vm_id, received_at desc, id desc)',
    'create index detections_hash on lazaret.detections (tenant_id, sha256, received_at desc)',
    'create index detections_threat on lazaret.detections (tenant_id, threat, received_at desc, id desc)',
    `create index detections_failed on lazaret.detections (tenant_id, received_at desc, id desc)
       where result in ('failed', 'copy-failed', 'original-not-deleted')`,
    ...tenantTable('detections', 'select, insert, update'),
    ensurePartition,
    dropMonths,
    'revoke all on function lazaret.ensure_month(timestamptz), lazaret.drop_months_before(timestamptz) from public',
    'grant execute on function lazaret.ensure_month(timestamptz), lazaret.drop_months_before(timestamptz) to lazaret_app',
  ],
};
