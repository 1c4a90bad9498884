// SPDX-License-Identifier: Apache-2.0
import {
  pageQuerySchema,
  tenantParamsSchema,
  tenantTermsSchema,
  termsAcceptSchema,
  termsPageSchema,
  termsRequestSchema,
  termsSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';
import { acceptTerms, listTerms, publishTerms, termsOfTenant } from './terms.ts';

const PROVIDER = '/api/v1/provider/terms';
const TENANT = '/api/v1/tenants/:tenantId/terms';
const cursorSchema = z.tuple([
  z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
]);

export function registerTermsRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    PROVIDER,
    {
      config: { right: 'provider.read' },
      schema: {
        summary: 'All versions of the terms',
        querystring: pageQuerySchema,
        response: { 200: termsPageSchema },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const { rows, total } = await listTerms(parts, limit, decodeCursor(cursor, cursorSchema)?.[0] ?? null);
      return toPage(
        rows,
        total,
        limit,
        (row) => row,
        ({ version }) => [version],
      );
    },
  );
  server.post(
    PROVIDER,
    {
      config: { right: 'provider.write' },
      schema: { summary: 'A new version of the terms', body: termsRequestSchema, response: { 201: termsSchema } },
    },
    async (request, reply) => reply.code(201).send(await publishTerms(parts, actorOf(request), request.body)),
  );
  server.get(
    TENANT,
    {
      config: { right: 'terms.read' },
      schema: {
        summary: 'The current terms, and whether they were accepted',
        params: tenantParamsSchema,
        response: { 200: tenantTermsSchema },
      },
    },
    ({ params: { tenantId } }) => parts.database.asTenant(tenantId, termsOfTenant),
  );
  server.post(
    `${TENANT}/accept`,
    {
      config: { right: 'terms.write' },
      schema: {
        summary: 'Accept the current terms',
        params: tenantParamsSchema,
        body: termsAcceptSchema,
        response: { 200: tenantTermsSchema },
      },
    },
    (request) => acceptTerms(parts, request.params.tenantId, actorOf(request), request.body.version),
  );
}
