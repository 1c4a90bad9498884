// SPDX-License-Identifier: Apache-2.0
// Rights are looked at when something is used, so links, invitations and tokens remember who made them; and a membership that begins, ends or changes ends
// open links and sessions of its person. By triggers, so that whoever changes a row cannot forget to.
import type { Migration } from '../migration.ts';

const LASTING_TOKENS_END = '90 days';

export const rightsInUse: Migration = {
  name: '0060-rights-in-use',
  statements: [
    'alter table identity.api_tokens add column made_by uuid',
    'alter table identity.api_tokens add column parent_id uuid references identity.api_tokens on delete cascade',
    // Until now a token knew its maker by e-mail alone. One whose maker is no member any more opens nothing from now on.
    `update identity.api_tokens a set made_by = m.user_id from identity.memberships m join identity.users u on u.id = m.user_id
       where m.tenant_id = a.tenant_id and lower(u.email) = lower(a.created_by)`,
    `alter table identity.api_tokens add foreign key (tenant_id, made_by) references identity.memberships (tenant_id, user_id) on delete cascade`,
    // "Never" was the default, and nobody had chosen it.
    `update identity.api_tokens set expires_at = now() + interval '${LASTING_TOKENS_END}' where expires_at is null`,
    'alter table identity.invitations add column made_by uuid references identity.users on delete cascade',
    'alter table identity.invitations add column token_id uuid references identity.api_tokens on delete cascade',
    'alter table identity.invitations add column by_provider boolean not null default false',
    `update identity.invitations i set made_by = u.id, by_provider = (a.actor_kind = 'provider')
       from lazaret.audit a join identity.users u on u.id::text = a.actor_id
       where a.subject = 'invitation:' || i.id and a.action = 'users.invite' and a.actor_kind in ('user', 'provider')`,
    'delete from identity.invitations where made_by is null',
    'alter table identity.one_time_links add column tenant_id uuid references identity.tenants on delete cascade',
    'alter table identity.one_time_links add column made_by uuid references identity.users on delete cascade',
    'alter table identity.one_time_links add column token_id uuid references identity.api_tokens on delete cascade',
    // Whose they are cannot be told any more; they were good for three days.
    `delete from identity.one_time_links where purpose = 'password'`,
    `create function identity.end_of_user(person uuid) returns void language sql set search_path = pg_catalog as $$
       delete from identity.sessions where user_id = person;
       delete from identity.one_time_links where user_id = person; $$`,
    `create function identity.membership_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
       begin perform identity.end_of_user(coalesce(new.user_id, old.user_id)); return null; end $$`,
    `create function identity.provider_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
       begin perform identity.end_of_user(new.id); return null; end $$`,
    `create trigger ends after insert or delete on identity.memberships for each row execute function identity.membership_changed()`,
    `create trigger ends_on_change after update on identity.memberships for each row
       when (old.role is distinct from new.role or old.disabled_at is distinct from new.disabled_at)
       execute function identity.membership_changed()`,
    `create trigger ends_on_change after update on identity.users for each row
       when (old.provider is distinct from new.provider) execute function identity.provider_changed()`,
  ],
};
