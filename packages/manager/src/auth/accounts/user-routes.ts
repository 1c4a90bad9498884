// SPDX-License-Identifier: Apache-2.0
// Routes of a tenant's users, API tokens and consents.
import {
  apiTokenCreatedSchema,
  apiTokenPageSchema,
  apiTokenRequestSchema,
  consentPageSchema,
  consentRequestSchema,
  consentSchema,
  invitedSchema,
  inviteRequestSchema,
  noContentSchema,
  oneTimeLinkSchema,
  pageQuerySchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  userChangeSchema,
  userPageSchema,
  userSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { accessOf, actorOf, decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../../server/index.ts';
import { giverOf } from '../grants/granting.ts';
import { giveConsent, listConsents, revokeConsent } from '../grants/consents.ts';
import { createToken, listTokens, revokeToken } from '../grants/tokens.ts';
import { changeUser, invite, listUsers, removeUser, resetPassword } from './users.ts';

const T = '/api/v1/tenants/:tenantId';
const params = tenantParamsSchema;
const itemParams = tenantItemParamsSchema;
const idCursor = z.tuple([uuidSchema]);
const userCursor = z.tuple([z.string(), uuidSchema]);
const itself = <Item>(item: Item): Item => item;

export function registerUserRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerMemberRoutes(server, parts);
  registerMemberRoute(server, parts);
  registerTokenRoutes(server, parts);
  registerConsentRoutes(server, parts);
}

function registerMemberRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    `${T}/users`,
    {
      config: { right: 'users.read' },
      schema: {
        summary: 'Members and open invitations',
        params,
        querystring: pageQuerySchema,
        response: { 200: userPageSchema },
      },
    },
    async ({ params, query }) => {
      const found = await listUsers(parts, params.tenantId, query.limit, decodeCursor(query.cursor, userCursor));
      return toPage(found.rows, found.total, query.limit, itself, ({ email, id }) => [email.toLowerCase(), id]);
    },
  );
  server.post(
    `${T}/users`,
    {
      config: { right: 'users.write' },
      schema: {
        summary: 'Invite somebody; the link is shown once',
        params,
        body: inviteRequestSchema,
        response: { 201: invitedSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const invited = await parts.database.asIdentity(
        (tx) => invite(parts, tx, tenantId, giverOf(accessOf(request)), request.body),
        tenantId,
      );
      return reply.code(201).send(invited);
    },
  );
}

function registerMemberRoute(server: ManagerServer, parts: ManagerParts): void {
  const { database } = parts;
  server.patch(
    `${T}/users/:id`,
    {
      config: { right: 'users.write' },
      schema: {
        summary: 'Change the role of a member, or disable or enable the member',
        params: itemParams,
        body: userChangeSchema,
        response: { 200: userSchema },
      },
    },
    (request) => {
      const { tenantId, id } = request.params;
      return database.asIdentity(
        (tx) => changeUser(tx, tenantId, giverOf(accessOf(request)), id, request.body),
        tenantId,
      );
    },
  );
  server.delete(
    `${T}/users/:id`,
    {
      config: { right: 'users.write' },
      schema: {
        summary: 'Remove a member, or withdraw an invitation',
        params: itemParams,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      await database.asIdentity((tx) => removeUser(tx, tenantId, giverOf(accessOf(request)), id), tenantId);
      return reply.code(204).send(null);
    },
  );
  server.post(
    `${T}/users/:id/password-link`,
    {
      config: { right: 'users.write' },
      schema: {
        summary: 'Create a one-time link with which a member sets a new password',
        params: itemParams,
        response: { 201: oneTimeLinkSchema },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      const link = await database.asIdentity(
        (tx) => resetPassword(parts, tx, tenantId, giverOf(accessOf(request)), id),
        tenantId,
      );
      return reply.code(201).send(link);
    },
  );
}

function registerTokenRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    `${T}/tokens`,
    {
      config: { right: 'tokens.read' },
      schema: { summary: 'API tokens', params, querystring: pageQuerySchema, response: { 200: apiTokenPageSchema } },
    },
    async ({ params, query }) => {
      const after = decodeCursor(query.cursor, idCursor)?.[0] ?? null;
      const found = await listTokens(parts, params.tenantId, query.limit, after);
      return toPage(found.rows, found.total, query.limit, itself, ({ id }) => [id]);
    },
  );
  server.post(
    `${T}/tokens`,
    {
      config: { right: 'tokens.write' },
      schema: {
        summary: 'Create an API token; it is shown only once',
        params,
        body: apiTokenRequestSchema,
        response: { 201: apiTokenCreatedSchema },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createToken(parts, request.params.tenantId, accessOf(request), request.body)),
  );
  server.delete(
    `${T}/tokens/:id`,
    {
      config: { right: 'tokens.write' },
      schema: { summary: 'Revoke an API token immediately', params: itemParams, response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      await revokeToken(parts, request.params.tenantId, accessOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function registerConsentRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    `${T}/consents`,
    {
      config: { right: 'consents.read' },
      schema: {
        summary: 'When and why the provider has access to the tenant',
        params,
        querystring: pageQuerySchema,
        response: { 200: consentPageSchema },
      },
    },
    async ({ params, query }) => {
      const after = decodeCursor(query.cursor, idCursor)?.[0] ?? null;
      const found = await listConsents(parts, params.tenantId, query.limit, after);
      return toPage(found.rows, found.total, query.limit, itself, ({ id }) => [id]);
    },
  );
  server.post(
    `${T}/consents`,
    {
      config: { right: 'consents.write' },
      schema: {
        summary: 'Give the provider access for a limited time',
        params,
        body: consentRequestSchema,
        response: { 201: consentSchema },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await giveConsent(parts, request.params.tenantId, accessOf(request), request.body)),
  );
  server.delete(
    `${T}/consents/:id`,
    {
      config: { right: 'consents.write' },
      schema: { summary: 'End a consent immediately', params: itemParams, response: { 200: consentSchema } },
    },
    (request) => revokeConsent(parts, request.params.tenantId, actorOf(request), request.params.id),
  );
}
