// SPDX-License-Identifier: Apache-2.0
// Routes of the own account.
import {
  meChangeSchema,
  noContentSchema,
  passwordChangeSchema,
  sessionSchema,
  totpConfirmSchema,
  totpRemoveSchema,
  totpSecretSchema,
  totpStartSchema,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { FastifyRequest } from 'fastify';
import { accessOf, type ManagerParts, type ManagerServer } from '../../server/index.ts';
import { changeMe, changePassword, confirmTotp, removeTotp, startTotp } from './accounts.ts';
import type { AuthOptions } from '../options.ts';
import { currentSession } from '../sessions/session-view.ts';

const config = { right: 'signed-in' } as const;

export function registerMeRoutes(server: ManagerServer, parts: ManagerParts, options: AuthOptions): void {
  registerProfileRoutes(server, parts, options);
  registerTotpRoutes(server, parts);
}

function registerProfileRoutes(server: ManagerServer, parts: ManagerParts, options: AuthOptions): void {
  server.patch(
    '/api/v1/me',
    {
      config,
      schema: { summary: 'Change your name and language', body: meChangeSchema, response: { 200: sessionSchema } },
    },
    async (request) => {
      await changeMe(parts, personOf(request), request.body);
      return currentSession(parts, request);
    },
  );
  server.put(
    '/api/v1/me/password',
    {
      config,
      schema: {
        summary: 'Change your password; your other sessions end',
        body: passwordChangeSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      await changePassword(parts, options, personOf(request), request.body, sessionOf(request));
      return reply.code(204).send(null);
    },
  );
}

/** The second factor. */
function registerTotpRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    '/api/v1/me/totp',
    {
      config,
      schema: {
        summary: 'Start to add an authenticator; the answer has its secret',
        body: totpStartSchema,
        response: { 200: totpSecretSchema },
      },
    },
    (request) => startTotp(parts, personOf(request), request.body.password),
  );
  server.put(
    '/api/v1/me/totp',
    {
      config,
      schema: {
        summary: 'Confirm the authenticator with a code; from now on, a sign-in needs a code',
        body: totpConfirmSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      await confirmTotp(parts, personOf(request), request.body.code, sessionOf(request));
      return reply.code(204).send(null);
    },
  );
  server.delete(
    '/api/v1/me/totp',
    {
      config,
      schema: {
        summary: 'Remove the authenticator; needs one of its codes',
        body: totpRemoveSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      await removeTotp(parts, personOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
}

function personOf(request: FastifyRequest): string {
  const { userId } = accessOf(request).principal;
  if (userId === null) throw new LazaretError('api.forbidden', 'An API token has no account.');
  return userId;
}

function sessionOf(request: FastifyRequest): Buffer | null {
  return accessOf(request).principal.sessionHash;
}
