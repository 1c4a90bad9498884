// SPDX-License-Identifier: Apache-2.0
import {
  exceptionCreateSchema,
  exceptionPageSchema,
  exceptionParamsSchema,
  exceptionQuerySchema,
  noContentSchema,
  tenantParamsSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';
import { addException, listExceptions, removeException } from './exceptions.ts';
import { changeOf } from './routes.ts';

const BASE = '/api/v1/tenants/:tenantId/exceptions';
const offsetCursor = z.tuple([z.number().int().min(0)]);

export function registerExceptionRoutes(server: ManagerServer, parts: ManagerParts): void {
  const { database } = parts;
  server.get(
    BASE,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'Exceptions of all policies',
        params: tenantParamsSchema,
        querystring: exceptionQuerySchema,
        response: { 200: exceptionPageSchema },
      },
    },
    ({ params: { tenantId }, query }) =>
      database.asTenant(tenantId, async (tx) => {
        const all = await listExceptions(tx, query, parts.clock.nowMs());
        const from = decodeCursor(query.cursor, offsetCursor)?.[0] ?? 0;
        const rows = all.slice(from, from + query.limit + 1);
        return toPage(
          rows,
          all.length,
          query.limit,
          (row) => row,
          () => [from + query.limit],
        );
      }),
  );
  server.post(
    BASE,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'Add an exception to a policy; this makes a new revision',
        params: tenantParamsSchema,
        body: exceptionCreateSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const change = await changeOf(parts, request, request.params.tenantId);
      await database.asTenant(request.params.tenantId, (tx) => addException(tx, change, request.body));
      return reply.code(204).send(null);
    },
  );
  server.delete(
    `${BASE}/:id`,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'Remove an exception from its policy',
        params: exceptionParamsSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const change = await changeOf(parts, request, request.params.tenantId);
      await database.asTenant(request.params.tenantId, (tx) => removeException(tx, change, request.params.id));
      return reply.code(204).send(null);
    },
  );
}
