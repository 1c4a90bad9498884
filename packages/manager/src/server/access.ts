// SPDX-License-Identifier: Apache-2.0
// Who asks, and may they do it (MG-2)? Each route names one right; a route without a right cannot be registered. A refusal says who has the right; about a
// tenant that the caller does not belong to, it does not even say that the tenant exists.
import { PROVIDER_RIGHTS, type Right, UNATTENDED_HEADER, uuidSchema, whoHas } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Actor } from '../audit/index.ts';
import { notFound } from './errors.ts';

/** `public`: anybody. `signed-in`: any person or token, about itself. */
export type RouteRight = Right | 'public' | 'signed-in';

/** Somebody who has proven who it is. */
export interface Principal {
  readonly actor: Actor;
  /** How: a browser sends cookies by itself, so a session must also show that our own page asks. */
  readonly by: 'session' | 'token';
  /** Null for a token: it is no person. */
  readonly userId: string | null;
  /** Of the session by which it asks; null for a token. */
  readonly sessionHash: Buffer | null;
  /** The person behind it, and the token that it may be: what it gives ends with them. */
  readonly maker: { readonly userId: string | null; readonly tokenId: string | null };
  readonly providerRights: ReadonlySet<Right>;
  /** What it may do in a tenant; null where it is no member and has no business knowing. Throws where a consent is missing. */
  rightsIn(tenantId: string): Promise<TenantAccess | null>;
}

/** The same person is a user where it is a member, and the provider where a consent lets it in: the audit must tell them apart. */
export interface TenantAccess {
  readonly actor: Actor;
  readonly rights: ReadonlySet<Right>;
}

/** `itself`: a page that lies open asks, or we do in its name; nobody need be at it. */
export type AskedBy = 'person' | 'itself';

export interface Authenticator {
  /** Null: nobody. `by`: only what a person asks keeps a session from ending unused. */
  authenticate(request: FastifyRequest, by: AskedBy): Promise<Principal | null>;
}

/** What a handler knows about its caller. */
export interface Access {
  readonly principal: Principal;
  readonly actor: Actor;
  readonly rights: ReadonlySet<Right>;
  /** Whether the same request would be let in now: for what goes on for long. Where nobody can be asked, it goes on. */
  readonly mayStill: () => Promise<boolean>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    right?: RouteRight;
    /** A page asks this by itself, again and again, as long as it is open. */
    asksItself?: true;
  }
  interface FastifyRequest {
    /** Set by the rights hook; null on public routes. */
    access: Access | null;
  }
}

/** The caller of a route that is not public. */
export function accessOf(request: FastifyRequest): Access {
  if (request.access === null) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
  return request.access;
}

export function actorOf(request: FastifyRequest): Actor {
  return accessOf(request).actor;
}

/** The header that our own page sends with every changing request: another site's page cannot. */
export const REQUEST_HEADER = 'x-lazaret-request';

export function installAccess(server: FastifyInstance, authenticator: Authenticator): void {
  server.decorateRequest('access', null);
  server.addHook('onRoute', refuseWithoutRight);
  server.addHook('onRequest', async (request) => {
    const right = request.routeOptions.config.right ?? 'public';
    if (right !== 'public') request.access = await admit(request, right, authenticator, askedBy(request));
  });
}

function askedBy({ routeOptions, headers }: FastifyRequest): AskedBy {
  return routeOptions.config.asksItself === true || headers[UNATTENDED_HEADER] === '1' ? 'itself' : 'person';
}

function refuseWithoutRight({ config, url, method }: RouteOptions): void {
  if (config?.right === undefined) throw new TypeError(`${String(method)} ${url} names no right`);
}

async function admit(
  request: FastifyRequest,
  right: Right | 'signed-in',
  authenticator: Authenticator,
  by: AskedBy,
): Promise<Access> {
  const principal = await authenticator.authenticate(request, by);
  if (principal === null) throw new LazaretError('api.unauthenticated', 'Nobody is signed in.');
  if (principal.by === 'session' && changes(request.method) && request.headers[REQUEST_HEADER] !== '1')
    throw new LazaretError('api.cross_site', 'The header X-Lazaret-Request is missing.');
  const access = await accessBy(principal, right, request);
  if (right !== 'signed-in' && !access.rights.has(right)) throw forbidden(right);
  const mayStill = () =>
    admit(request, right, authenticator, 'itself').then(
      () => true,
      (error: unknown) => !(error instanceof LazaretError),
    );
  return { principal, ...access, mayStill };
}

async function accessBy(principal: Principal, right: RouteRight, request: FastifyRequest): Promise<TenantAccess> {
  const { tenantId } = request.params as { readonly tenantId?: unknown };
  if (tenantId === undefined || (PROVIDER_RIGHTS as readonly string[]).includes(right))
    return { actor: principal.actor, rights: principal.providerRights };
  if (!uuidSchema.safeParse(tenantId).success) throw notFound('tenant');
  const access = await principal.rightsIn(tenantId as string);
  if (access === null) throw notFound('tenant');
  return access;
}

function changes(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

function forbidden(right: Right): LazaretError {
  const holders = whoHas(right).join(', ');
  return new LazaretError('api.forbidden', `This needs the right "${right}". These roles have it: ${holders}.`);
}
