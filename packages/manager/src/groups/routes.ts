// SPDX-License-Identifier: Apache-2.0
import {
  groupPageSchema,
  groupRequestSchema,
  groupSchema,
  noContentSchema,
  pageQuerySchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';
import { createGroup, deleteGroup, findGroup, listGroups, updateGroup } from './groups.ts';

const BASE = '/api/v1/tenants/:tenantId/groups';
const cursorSchema = z.tuple([z.string(), uuidSchema]);

export function registerGroupRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerListRoutes(server, parts);
  registerItemRoutes(server, parts);
}

function registerListRoutes(server: ManagerServer, { database, newId }: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'groups.read' },
      schema: {
        summary: 'Groups by name',
        params: tenantParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: groupPageSchema },
      },
    },
    ({ params: { tenantId }, query: { limit, cursor } }) =>
      database.asTenant(tenantId, async (tx) => {
        const { rows, total } = await listGroups(tx, limit, decodeCursor(cursor, cursorSchema));
        return toPage(
          rows,
          total,
          limit,
          (row) => row,
          ({ name, id }) => [name.toLowerCase(), id],
        );
      }),
  );
  server.post(
    BASE,
    {
      config: { right: 'groups.write' },
      schema: {
        summary: 'A new group',
        params: tenantParamsSchema,
        body: groupRequestSchema,
        response: { 201: groupSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const created = await database.asTenant(tenantId, (tx) =>
        createGroup(tx, tenantId, newId(), actorOf(request), request.body),
      );
      return reply.code(201).send(created);
    },
  );
}

function registerItemRoutes(server: ManagerServer, { database }: ManagerParts): void {
  server.get(
    `${BASE}/:id`,
    {
      config: { right: 'groups.read' },
      schema: { summary: 'One group', params: tenantItemParamsSchema, response: { 200: groupSchema } },
    },
    ({ params: { tenantId, id } }) => database.asTenant(tenantId, (tx) => findGroup(tx, id)),
  );
  server.put(
    `${BASE}/:id`,
    {
      config: { right: 'groups.write' },
      schema: {
        summary: 'Rename a group, or give it a policy',
        params: tenantItemParamsSchema,
        body: groupRequestSchema,
        response: { 200: groupSchema },
      },
    },
    (request) => {
      const { tenantId, id } = request.params;
      return database.asTenant(tenantId, (tx) => updateGroup(tx, tenantId, id, actorOf(request), request.body));
    },
  );
  server.delete(
    `${BASE}/:id`,
    {
      config: { right: 'groups.write' },
      schema: {
        summary: 'Delete an empty group',
        params: tenantItemParamsSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      await database.asTenant(tenantId, (tx) => deleteGroup(tx, tenantId, id, actorOf(request)));
      return reply.code(204).send(null);
    },
  );
}
