// SPDX-License-Identifier: Apache-2.0
// Turns a session's cookie or an API token into a principal with its rights (MG-2). Only this file decides what the provider may see of a tenant.
import {
  type ConsentScope,
  PROVIDER_RIGHTS,
  type Right,
  rightsOfConsent,
  rightsOfRole,
  type TenantRole,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { type Actor, auditIn } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';
import type { AskedBy, Authenticator, ManagerParts, Principal, TenantAccess } from '../../server/index.ts';
import { rightsOfToken } from '../grants/granting.ts';
import { hashToken } from '../factors/secrets.ts';
import type { AuthOptions } from '../options.ts';
import { cookiesOf } from '../sessions/cookies.ts';
import { SESSION_IDLE_MS } from '../sessions/sessions.ts';

/** How exact "last used" is: a write for each request would be dear. */
const SEEN_STEP_MS = 60_000;
const HOUR_MS = 3_600_000;

export function createAuthenticator(
  parts: ManagerParts,
  { secureCookies }: Pick<AuthOptions, 'secureCookies'>,
): Authenticator {
  const cookies = cookiesOf(secureCookies);
  return {
    authenticate: async (request, by) => {
      const bearer = /^Bearer (lzt_[\w-]{20,100})$/.exec(request.headers.authorization ?? '');
      if (request.headers.authorization !== undefined)
        return bearer === null ? null : byToken(parts, hashToken(bearer[1] ?? ''));
      const session = cookies.read(request, 'session');
      return session === null ? null : bySession(parts, hashToken(session), by);
    },
  };
}

async function bySession(parts: ManagerParts, hash: Buffer, by: AskedBy): Promise<Principal | null> {
  const now = new Date(parts.clock.nowMs());
  const found = await parts.database.asIdentity(async (tx) => {
    const session = await tx
      .selectFrom('sessions as s')
      .innerJoin('users as u', 'u.id', 's.user_id')
      .select(['u.id', 'u.email', 'u.provider', 's.seen_at'])
      .where('s.token_hash', '=', hash)
      .where('s.expires_at', '>', now)
      .where('s.seen_at', '>', new Date(now.getTime() - SESSION_IDLE_MS))
      .executeTakeFirst();
    if (session === undefined) return null;
    if (by === 'person' && now.getTime() - session.seen_at.getTime() > SEEN_STEP_MS)
      await tx.updateTable('sessions').set({ seen_at: now }).where('token_hash', '=', hash).execute();
    return session;
  });
  if (found === null) return null;
  const { id, email, provider } = found;
  return {
    actor: { kind: provider ? 'provider' : 'user', id, name: email },
    by: 'session',
    userId: id,
    sessionHash: hash,
    maker: { userId: id, tokenId: null },
    providerRights: new Set<Right>(provider ? PROVIDER_RIGHTS : []),
    rightsIn: (tenantId) => rightsOfUser(parts, { id, email, provider }, tenantId),
  };
}

interface Person {
  readonly id: string;
  readonly email: string;
  readonly provider: boolean;
}

async function rightsOfUser(parts: ManagerParts, person: Person, tenantId: string): Promise<TenantAccess | null> {
  const now = new Date(parts.clock.nowMs());
  return parts.database.asIdentity(async (tx) => {
    const tenant = await tx
      .selectFrom('tenants as t')
      .leftJoin('memberships as m', (join) =>
        join.onRef('m.tenant_id', '=', 't.id').on('m.user_id', '=', person.id).on('m.disabled_at', 'is', null),
      )
      .select(['t.suspended_at', 'm.role'])
      .where('t.id', '=', tenantId)
      .executeTakeFirst();
    if (tenant === undefined) return null;
    if (tenant.role !== null) {
      if (tenant.suspended_at !== null) throw suspended();
      const actor: Actor = { kind: 'user', id: person.id, name: person.email };
      return { actor, rights: new Set(rightsOfRole(tenant.role)) };
    }
    return person.provider ? rightsOfProvider(tx, person, tenantId, now) : null;
  });
}

/** MG-2c: only while a consent runs; and that it looked stands in the tenant's audit, once an hour. */
async function rightsOfProvider(
  tx: IdentityTransaction,
  { id, email }: Person,
  tenantId: string,
  now: Date,
): Promise<TenantAccess> {
  const consent = await activeConsent(tx, tenantId, now);
  if (consent === null)
    throw new LazaretError('api.consent_required', 'This tenant has not given the provider access at this time.');
  const actor: Actor = { kind: 'provider', id, name: email };
  const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  const noted = await tx
    .insertInto('consent_uses')
    .values({ consent_id: consent.id, user_id: id, hour })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (noted.numInsertedOrUpdatedRows === 1n)
    await auditIn(tx, tenantId, {
      actor,
      action: 'consents.use',
      subject: `consent:${consent.id}`,
      after: { scope: consent.scope, hour: hour.toISOString() },
    });
  return { actor, rights: new Set(rightsOfConsent(consent.scope)) };
}

/** The widest consent that runs. */
export async function activeConsent(
  tx: IdentityTransaction,
  tenantId: string,
  now: Date,
): Promise<{ readonly id: string; readonly scope: ConsentScope } | null> {
  const running = await tx
    .selectFrom('consents')
    .select(['id', 'scope'])
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .where('starts_at', '<=', now)
    .where('ends_at', '>', now)
    .orderBy('id')
    .execute();
  return running.find(({ scope }) => scope === 'operate') ?? running[0] ?? null;
}

/** A token has of its rights what its maker has now; none without a maker who is a member. */
async function byToken(parts: ManagerParts, hash: Buffer): Promise<Principal | null> {
  const now = new Date(parts.clock.nowMs());
  const found = await parts.database.asIdentity(async (tx) => {
    const token = await tx
      .selectFrom('api_tokens as a')
      .innerJoin('tenants as t', 't.id', 'a.tenant_id')
      .innerJoin('memberships as m', (join) =>
        join.onRef('m.tenant_id', '=', 'a.tenant_id').onRef('m.user_id', '=', 'a.made_by'),
      )
      .select(['a.id', 'a.name', 'a.tenant_id', 'a.rights', 'a.last_used_at', 'a.made_by', 'm.role', 't.suspended_at'])
      .where('m.disabled_at', 'is', null)
      .where('a.token_hash', '=', hash)
      .where((one) => one.or([one('a.expires_at', 'is', null), one('a.expires_at', '>', now)]))
      .executeTakeFirst();
    if (token === undefined) return null;
    if (now.getTime() - (token.last_used_at?.getTime() ?? 0) > SEEN_STEP_MS)
      await tx.updateTable('api_tokens').set({ last_used_at: now }).where('id', '=', token.id).execute();
    return token;
  });
  if (found === null) return null;
  const known = rightsOfToken(found.role, found.rights);
  const actor: Actor = { kind: 'token', id: found.id, name: found.name };
  return {
    actor,
    by: 'token',
    userId: null,
    sessionHash: null,
    maker: { userId: found.made_by, tokenId: found.id },
    providerRights: new Set(),
    rightsIn: (tenantId) => {
      if (tenantId !== found.tenant_id) return Promise.resolve(null);
      return found.suspended_at === null
        ? Promise.resolve({ actor, rights: new Set(known) })
        : Promise.reject(suspended());
    },
  };
}

function suspended(): LazaretError {
  return new LazaretError('api.tenant_suspended', 'The provider has suspended this tenant.');
}

/** The tenants that a session or token leads to, for `GET /api/v1/session`. */
export async function tenantsOf(
  tx: IdentityTransaction,
  userId: string,
): Promise<{ readonly id: string; readonly name: string; readonly role: TenantRole }[]> {
  return tx
    .selectFrom('memberships as m')
    .innerJoin('tenants as t', 't.id', 'm.tenant_id')
    .select(['t.id', 't.name', 'm.role'])
    .where('m.user_id', '=', userId)
    .where('m.disabled_at', 'is', null)
    .where('t.suspended_at', 'is', null)
    .orderBy('t.name')
    .execute();
}
