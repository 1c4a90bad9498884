// SPDX-License-Identifier: Apache-2.0
import {
  pageQuerySchema,
  tenantChangeSchema,
  tenantCreatedSchema,
  tenantPageSchema,
  tenantRequestSchema,
  tenantSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { accessOf, actorOf, decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';
import { changeTenant, createTenant, listTenants, readTenant } from './tenants.ts';

const BASE = '/api/v1/provider/tenants';
const params = z.object({ id: uuidSchema });
const cursor = z.tuple([z.string(), uuidSchema]);

export function registerTenantRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'provider.read' },
      schema: { summary: 'All tenants', querystring: pageQuerySchema, response: { 200: tenantPageSchema } },
    },
    async ({ query }) => {
      const found = await listTenants(parts, query.limit, decodeCursor(query.cursor, cursor));
      return toPage(
        found.rows,
        found.total,
        query.limit,
        (item) => item,
        ({ name, id }) => [name.toLowerCase(), id],
      );
    },
  );
  server.post(
    BASE,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Create a tenant; the invitation link for its admin is shown only once',
        body: tenantRequestSchema,
        response: { 201: tenantCreatedSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await createTenant(parts, accessOf(request), request.body)),
  );
  server.get(
    `${BASE}/:id`,
    { config: { right: 'provider.read' }, schema: { summary: 'One tenant', params, response: { 200: tenantSchema } } },
    ({ params }) => readTenant(parts, params.id),
  );
  server.patch(
    `${BASE}/:id`,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Rename or suspend a tenant',
        params,
        body: tenantChangeSchema,
        response: { 200: tenantSchema },
      },
    },
    (request) => changeTenant(parts, actorOf(request), request.params.id, request.body),
  );
}
