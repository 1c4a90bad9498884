// SPDX-License-Identifier: Apache-2.0
// Routes of signing in: first run, session, invitation, one-time link.
import {
  invitationAcceptSchema,
  noContentSchema,
  passwordByLinkSchema,
  sessionSchema,
  setupRequestSchema,
  setupStateSchema,
  signInRequestSchema,
} from '@lazaret/contract';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { z } from 'zod';
import { accessOf, type ManagerParts, type ManagerServer } from '../../server/index.ts';
import { acceptInvitation, setPasswordByLink } from '../accounts/accounts.ts';
import { auditOfUser } from '../accounts/audit-of-user.ts';
import { attemptsLimit } from '../sign-in/attempts.ts';
import { callerOf } from '../caller.ts';
import { type Cookies, cookiesOf } from './cookies.ts';
import { DEVICE_MS } from '../sign-in/devices.ts';
import type { AuthOptions, AuthRouteOptions } from '../options.ts';
import { currentSession, sessionOfUser } from './session-view.ts';
import { SESSION_MS, type StartedSession } from './sessions.ts';
import { isSetupNeeded, setUp } from '../accounts/setup.ts';
import { signIn } from '../sign-in/sign-in.ts';

export function registerSessionRoutes(server: ManagerServer, parts: ManagerParts, options: AuthRouteOptions): void {
  const cookies = cookiesOf(options.secureCookies);
  const welcome = async (reply: FastifyReply, started: StartedSession) => {
    cookies.set(reply, 'session', started.token, SESSION_MS);
    cookies.set(reply, 'device', started.device, DEVICE_MS);
    return sessionOfUser(parts, started.userId, started.expiresAt);
  };
  const attempt = server.rateLimit(attemptsLimit(parts, options, cookies));
  registerSetUp(server, parts, options, { cookies, attempt, welcome });
  registerLinks(server, parts, options, { cookies, attempt, welcome });
  server.post(
    '/api/v1/session',
    {
      config: { right: 'public' },
      onRequest: attempt,
      schema: { summary: 'Sign in', body: signInRequestSchema, response: { 200: sessionSchema } },
    },
    async (request, reply) => welcome(reply, await signIn(parts, request.body, callerOf(request, cookies), request)),
  );
  server.get(
    '/api/v1/session',
    {
      config: { right: 'signed-in' },
      schema: { summary: 'Who is signed in, with which rights', response: { 200: sessionSchema } },
    },
    (request) => currentSession(parts, request),
  );
  server.delete(
    '/api/v1/session',
    { config: { right: 'signed-in' }, schema: { summary: 'Sign out', response: { 204: noContentSchema } } },
    async (request, reply) => {
      const { userId, sessionHash } = accessOf(request).principal;
      await parts.database.asIdentity(async (tx) => {
        await tx.deleteFrom('sessions').where('token_hash', '=', sessionHash).execute();
        if (userId !== null) await auditOfUser(tx, userId, { action: 'session.end' });
      });
      cookies.set(reply, 'session', '', 0);
      return reply.code(204).send(null);
    },
  );
}

function registerLinks(
  server: ManagerServer,
  parts: ManagerParts,
  options: AuthOptions,
  { cookies, attempt, welcome }: PublicRoutes,
): void {
  const accept = (request: FastifyRequest, body: z.infer<typeof invitationAcceptSchema>) =>
    acceptInvitation(parts, options, body, callerOf(request, cookies), request);
  server.post(
    '/api/v1/invitations/accept',
    {
      config: { right: 'public' },
      onRequest: attempt,
      schema: { summary: 'Accept an invitation', body: invitationAcceptSchema, response: { 200: sessionSchema } },
    },
    async (request, reply) => welcome(reply, await accept(request, request.body)),
  );
  server.post(
    '/api/v1/password-links',
    {
      config: { right: 'public' },
      onRequest: attempt,
      schema: {
        summary: 'Set a new password with a one-time link',
        body: passwordByLinkSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      await setPasswordByLink(parts, options, request.body, callerOf(request, cookies));
      return reply.code(204).send(null);
    },
  );
}

interface PublicRoutes {
  readonly cookies: Cookies;
  readonly attempt: onRequestAsyncHookHandler;
  readonly welcome: Welcome;
}

type Welcome = (reply: FastifyReply, started: StartedSession) => ReturnType<typeof sessionOfUser>;

function registerSetUp(
  server: ManagerServer,
  parts: ManagerParts,
  options: AuthRouteOptions,
  { cookies, attempt, welcome }: PublicRoutes,
): void {
  server.get(
    '/api/v1/setup',
    {
      config: { right: 'public' },
      schema: { summary: 'Whether the first set-up is still to be done', response: { 200: setupStateSchema } },
    },
    async () => ({ needed: await isSetupNeeded(parts) }),
  );
  server.post(
    '/api/v1/setup',
    {
      config: { right: 'public' },
      onRequest: attempt,
      schema: {
        summary: 'First set-up: creates the first account and tenant',
        description: 'The token is the one-time token that the manager writes to its log until it is set up.',
        body: setupRequestSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) =>
      welcome(reply, await setUp(parts, options, request.body, callerOf(request, cookies), request)),
  );
}
