// SPDX-License-Identifier: Apache-2.0
// The first run: whoever has the one-time token that the manager wrote to its log creates the first account, which is provider and admin of the first tenant.
import { timingSafeEqual } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { audit, type AuditEntry, auditIn } from '../../audit/index.ts';
import type { IdentityTransaction } from '../../database/index.ts';
import { readInstallationValue, removeInstallationValue, writeInstallationValue } from '../../installation/index.ts';
import type { ManagerParts } from '../../server/index.ts';
import { invalidLink } from '../grants/one-time-links.ts';
import type { AuthRouteOptions } from '../options.ts';
import { hashPassword } from '../factors/password.ts';
import { requireStrongPassword } from '../factors/password-rule.ts';
import { hashToken, newToken } from '../factors/secrets.ts';
import { type Caller, turnOf } from '../caller.ts';
import { proveByMaking } from '../factors/proof.ts';
import { type StartedSession, startSession } from '../sessions/sessions.ts';

const SETUP = 'setup-token';

export async function isSetupNeeded({ database }: ManagerParts): Promise<boolean> {
  return database.asIdentity(hasNoUser);
}

async function hasNoUser(tx: IdentityTransaction): Promise<boolean> {
  return (await tx.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
}

/** A new token for the first run, which makes older ones worthless; null when it is set up already. */
export async function makeSetupToken({ database }: ManagerParts): Promise<string | null> {
  return database.asIdentity(async (tx) => {
    if (!(await hasNoUser(tx))) return null;
    const { token, hash } = newToken();
    await writeInstallationValue(tx, SETUP, { hash: hash.toString('hex') });
    return token;
  });
}

export interface SetupRequest {
  readonly token: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly tenantName: string;
  readonly language: 'en' | 'ja';
}

/** Throws `auth.setup_done`, `auth.link_invalid`, `auth.password_weak`. */
export async function setUp(
  parts: ManagerParts,
  options: AuthRouteOptions,
  asked: SetupRequest,
  caller: Caller,
  request: FastifyRequest,
): Promise<StartedSession> {
  const now = new Date(parts.clock.nowMs());
  await parts.database.asIdentity((tx) => requireToken(tx, asked.token));
  requireStrongPassword(asked.password, asked.email);
  const passwordHash = await hashPassword(turnOf(caller, false), asked.password, options.passwordCost);
  const [userId, tenantId] = [parts.newId(), parts.newId()];
  return parts.database.asIdentity(async (tx) => {
    // Of two set-ups at the same moment one waits here, and then finds that it is done.
    await sql`select pg_advisory_xact_lock(hashtext('lazaret setup'))`.execute(tx);
    await requireToken(tx, asked.token);
    await tx
      .insertInto('users')
      .values({
        id: userId,
        email: asked.email,
        name: asked.name,
        language: asked.language,
        password_hash: passwordHash,
        provider: true,
        totp_sealed: null,
        totp_enabled_at: null,
      })
      .execute();
    await options.addTenant(tx, { id: tenantId, name: asked.tenantName });
    await tx
      .insertInto('memberships')
      .values({ tenant_id: tenantId, user_id: userId, role: 'admin', disabled_at: null })
      .execute();
    await removeInstallationValue(tx, SETUP);
    const actor = { kind: 'user', id: userId, name: asked.email } as const;
    const entry: AuditEntry = {
      actor,
      action: 'setup',
      subject: `tenant:${tenantId}`,
      after: { email: asked.email, tenantName: asked.tenantName },
    };
    await audit(tx, entry);
    await auditIn(tx, tenantId, entry);
    const person = await proveByMaking(tx, userId);
    return startSession(tx, person, { signedInBy: 'setup', request, device: caller.device, now });
  });
}

function hashIn(value: object | null): string {
  return value !== null && 'hash' in value ? String(value.hash) : '';
}

async function requireToken(tx: IdentityTransaction, token: string): Promise<void> {
  // In this order: who was faster took the token and made the user in one transaction, which may end between the two questions.
  const value = await readInstallationValue(tx, SETUP);
  if (!(await hasNoUser(tx))) throw new LazaretError('auth.setup_done', 'This installation is already set up.');
  const stored = Buffer.from(hashIn(value), 'hex');
  const given = hashToken(token);
  if (stored.length !== given.length || !timingSafeEqual(stored, given)) throw invalidLink();
}
