// SPDX-License-Identifier: Apache-2.0
// What a page needs to know about the signed-in person: who they are, their tenants, and what they may do there.
import { PROVIDER_RIGHTS, rightsOfRole, type Session, type TenantRight } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import type { IdentityTransaction } from '../../database/index.ts';
import { accessOf, type ManagerParts, type Principal } from '../../server/index.ts';
import { tenantsOf } from '../sign-in/authenticator.ts';
import { consentedTenants, type RunningConsent } from '../grants/consented-tenants.ts';

export async function sessionOfUser(parts: ManagerParts, userId: string, expiresAt: Date): Promise<Session> {
  const now = new Date(parts.clock.nowMs());
  return parts.database.asIdentity(async (tx) => {
    const user = await tx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (user === undefined) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
    const own = await tenantsOf(tx, userId);
    const consented = user.provider ? consentedTenants(await runningConsents(tx, userId, now)) : [];
    return {
      user: {
        id: user.id,
        email: user.email,
        name: user.name,
        language: user.language,
        provider: user.provider,
        totp: user.totp_enabled_at !== null,
      },
      tenants: [
        ...own.map(({ id, name, role }) => ({ id, name, role, rights: [...rightsOfRole(role)], consentUntil: null })),
        ...consented,
      ],
      providerRights: user.provider ? [...PROVIDER_RIGHTS] : [],
      expiresAt: expiresAt.toISOString(),
    };
  });
}

/** Of tenants to which it does not belong itself. */
async function runningConsents(tx: IdentityTransaction, userId: string, now: Date): Promise<RunningConsent[]> {
  return tx
    .selectFrom('consents as c')
    .innerJoin('tenants as t', 't.id', 'c.tenant_id')
    .select(['t.id', 't.name', 'c.scope', 'c.ends_at'])
    .where('c.revoked_at', 'is', null)
    .where('c.starts_at', '<=', now)
    .where('c.ends_at', '>', now)
    .where((one) =>
      one.not(
        one.exists(
          one
            .selectFrom('memberships as m')
            .select('m.user_id')
            .whereRef('m.tenant_id', '=', 't.id')
            .where('m.user_id', '=', userId)
            .where('m.disabled_at', 'is', null),
        ),
      ),
    )
    .orderBy('t.name')
    .execute();
}

/** Of whoever asks: a person by its session, or a token. */
export async function currentSession(parts: ManagerParts, request: FastifyRequest): Promise<Session> {
  const { principal } = accessOf(request);
  if (principal.userId === null) return sessionOfToken(parts, principal);
  const found = await parts.database.asIdentity((tx) =>
    tx.selectFrom('sessions').select('expires_at').where('token_hash', '=', principal.sessionHash).executeTakeFirst(),
  );
  if (found === undefined) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
  return sessionOfUser(parts, principal.userId, found.expires_at);
}

async function sessionOfToken(parts: ManagerParts, principal: Principal): Promise<Session> {
  const token = await parts.database.asIdentity((tx) =>
    tx
      .selectFrom('api_tokens as a')
      .innerJoin('tenants as t', 't.id', 'a.tenant_id')
      .select(['t.id', 't.name', 'a.expires_at'])
      .where('a.id', '=', principal.actor.id)
      .executeTakeFirst(),
  );
  if (token === undefined) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
  const { id, name, expires_at } = token;
  const rights = [...((await principal.rightsIn(id))?.rights ?? [])] as TenantRight[];
  return {
    user: null,
    tenants: [{ id, name, role: null, rights, consentUntil: null }],
    providerRights: [],
    expiresAt: expires_at?.toISOString() ?? null,
  };
}
