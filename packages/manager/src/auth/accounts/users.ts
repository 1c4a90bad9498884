// SPDX-License-Identifier: Apache-2.0
// The members of a tenant. A person has one account and may belong to several tenants. An admin controls the membership in the own tenant, but not the account
// of a person who also belongs to another tenant. An invitation never reveals whether an account exists.
import { rightsOfRole, type TenantRole, type User } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import { audit } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';
import { conflict, type ManagerParts, notFound } from '../../server/index.ts';
import { type Giver, requireOwn } from '../grants/granting.ts';
import { LINK_MS, makeLink, type OneTimeLink } from '../grants/one-time-links.ts';

interface MemberRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: TenantRole;
  readonly state: User['state'];
  readonly totp: boolean;
  readonly last_seen_at: Date | null;
  readonly created_at: Date;
}

/** Members and open invitations, by e-mail. */
function membersQuery(tenantId: string) {
  return sql<MemberRow>`
    select u.id, u.email, u.name, m.role, case when m.disabled_at is null then 'active' else 'disabled' end as state,
      u.totp_enabled_at is not null as totp,
      (select max(s.seen_at) from sessions s where s.user_id = u.id) as last_seen_at, m.created_at
    from memberships m join users u on u.id = m.user_id where m.tenant_id = ${tenantId}
    union all
    select i.id, i.email, '', i.role, 'invited', false, null, i.created_at from invitations i where i.tenant_id = ${tenantId}`;
}

export interface PageOf<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

export async function listUsers(
  parts: ManagerParts,
  tenantId: string,
  limit: number,
  after: readonly [string, string] | null,
): Promise<PageOf<User>> {
  return parts.database.asIdentity(async (tx) => {
    const members = membersQuery(tenantId);
    const from = after === null ? sql`true` : sql`(lower(email), id) > (${after[0]}, ${after[1]}::uuid)`;
    const found =
      await sql<MemberRow>`select * from (${members}) m where ${from} order by lower(email), id limit ${limit + 1}`.execute(
        tx,
      );
    const count = await sql<{ total: number }>`select count(*) as total from (${members}) m`.execute(tx);
    return { rows: found.rows.map(toUser), total: count.rows[0]?.total ?? 0 };
  });
}

async function findUser(tx: IdentityTransaction, tenantId: string, id: string): Promise<User> {
  const found = await sql<MemberRow>`select * from (${membersQuery(tenantId)}) m where id = ${id}`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) throw notFound('user');
  return toUser(row);
}

function toUser(row: MemberRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    state: row.state,
    totp: row.totp,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}

/** Throws `api.conflict` where that address is a member or invited already, `api.forbidden` where the role has more than who invites. */
export async function invite(
  parts: ManagerParts,
  tx: IdentityTransaction,
  tenantId: string,
  giver: Giver,
  asked: { readonly email: string; readonly role: TenantRole },
): Promise<{ readonly user: User; readonly link: OneTimeLink }> {
  requireOwn(giver, rightsOfRole(asked.role));
  const now = new Date(parts.clock.nowMs());
  await lockMembers(tx, tenantId);
  await tx.deleteFrom('invitations').where('tenant_id', '=', tenantId).where('expires_at', '<', now).execute();
  const taken =
    await sql`select 1 from (${membersQuery(tenantId)}) m where lower(email) = ${asked.email.toLowerCase()}`.execute(
      tx,
    );
  if (taken.rows.length > 0) throw conflict('This address already belongs to a member or to an open invitation.');
  const id = parts.newId();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  await tx
    .insertInto('invitations')
    .values({
      id,
      tenant_id: tenantId,
      ...asked,
      created_at: now,
      expires_at: expiresAt,
      made_by: giver.userId,
      token_id: giver.tokenId,
      by_provider: giver.byProvider,
    })
    .execute();
  const link = await makeLink(tx, { purpose: 'invitation', invitationId: id }, now);
  await audit(tx, { actor: giver.actor, action: 'users.invite', subject: `invitation:${id}`, after: asked });
  return { user: await findUser(tx, tenantId, id), link };
}

export async function changeUser(
  tx: IdentityTransaction,
  tenantId: string,
  giver: Giver,
  id: string,
  change: { readonly role?: TenantRole | undefined; readonly disabled?: boolean | undefined },
): Promise<User> {
  await lockMembers(tx, tenantId);
  const before = await findUser(tx, tenantId, id);
  const role = change.role ?? before.role;
  requireOwn(giver, [...rightsOfRole(before.role), ...rightsOfRole(role)]);
  if (before.state === 'invited') {
    if (change.disabled !== undefined) throw conflict('An invitation cannot be disabled. Delete it instead.');
    // Who changes it vouches for it from now on.
    const { userId: made_by, tokenId: token_id, byProvider: by_provider } = giver;
    const vouched = { role, made_by, token_id, by_provider };
    await tx.updateTable('invitations').set(vouched).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  } else {
    const disabled = change.disabled ?? before.state === 'disabled';
    await tx
      .updateTable('memberships')
      .set({ role, disabled_at: disabled ? new Date() : null })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', id)
      .execute();
    await requireAnAdmin(tx, tenantId);
  }
  const after = await findUser(tx, tenantId, id);
  await audit(tx, {
    actor: giver.actor,
    action: 'users.update',
    subject: `user:${id}`,
    before: facts(before),
    after: facts(after),
  });
  return after;
}

/** Takes a member out, or an invitation back. The account itself goes when it belongs nowhere any more. */
export async function removeUser(tx: IdentityTransaction, tenantId: string, giver: Giver, id: string): Promise<void> {
  await lockMembers(tx, tenantId);
  const before = await findUser(tx, tenantId, id);
  requireOwn(giver, rightsOfRole(before.role));
  if (before.state === 'invited') {
    await tx.deleteFrom('invitations').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  } else {
    await tx.deleteFrom('memberships').where('tenant_id', '=', tenantId).where('user_id', '=', id).execute();
    await requireAnAdmin(tx, tenantId);
    await sql`delete from users u where u.id = ${id} and not u.provider
      and not exists (select 1 from memberships m where m.user_id = u.id)`.execute(tx);
  }
  await audit(tx, { actor: giver.actor, action: 'users.remove', subject: `user:${id}`, before: facts(before) });
}

/**
 * A link to set a new password. For who also belongs elsewhere it opens nothing when it is used – an admin here must not open doors there –, and that it
 * will not is not told here: where else somebody belongs is nobody's business.
 */
export async function resetPassword(
  parts: ManagerParts,
  tx: IdentityTransaction,
  tenantId: string,
  giver: Giver,
  id: string,
): Promise<OneTimeLink> {
  const user = await findUser(tx, tenantId, id);
  if (user.state === 'invited') throw conflict('An invitation has no password yet.');
  requireOwn(giver, rightsOfRole(user.role));
  await audit(tx, { actor: giver.actor, action: 'users.reset_password', subject: `user:${id}` });
  if (giver.userId === null) throw new LazaretError('api.forbidden', 'A link needs the account that created it.');
  const by = { tenantId, userId: giver.userId, tokenId: giver.tokenId };
  return makeLink(tx, { purpose: 'password', userId: id, by }, new Date(parts.clock.nowMs()));
}

function facts({ email, role, state }: User): object {
  return { email, role, state };
}

/** Two admins who take each other's role at the same moment must not leave a tenant with none. */
async function lockMembers(tx: IdentityTransaction, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`members ${tenantId}`}, 0))`.execute(tx);
}

async function requireAnAdmin(tx: IdentityTransaction, tenantId: string): Promise<void> {
  const admin = await tx
    .selectFrom('memberships')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (admin === undefined) throw conflict('A tenant must keep at least one admin.');
}
