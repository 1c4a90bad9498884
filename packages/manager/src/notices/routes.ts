// SPDX-License-Identifier: Apache-2.0
import {
  noticeEndSchema,
  noticePageSchema,
  noticeRequestSchema,
  noticeSchema,
  pageQuerySchema,
  PROVIDER_TENANT_ID,
  tenantParamsSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';
import { endNotice, listNotices, publishNotice } from './notices.ts';

const PROVIDER = '/api/v1/provider/notices';
const cursorSchema = z.tuple([uuidSchema]);

export function registerNoticeRoutes(server: ManagerServer, parts: ManagerParts): void {
  const list = async (tenantId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) => {
    const { rows, total } = await listNotices(parts, tenantId, limit, decodeCursor(cursor, cursorSchema)?.[0] ?? null);
    return toPage(
      rows,
      total,
      limit,
      (row) => row,
      ({ id }) => [id],
    );
  };
  server.get(
    '/api/v1/tenants/:tenantId/notices',
    {
      config: { right: 'notices.read' },
      schema: {
        summary: 'Maintenance notices for this tenant',
        params: tenantParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: noticePageSchema },
      },
    },
    ({ params, query }) => list(params.tenantId, query),
  );
  server.get(
    PROVIDER,
    {
      config: { right: 'provider.read' },
      schema: { summary: 'All maintenance notices', querystring: pageQuerySchema, response: { 200: noticePageSchema } },
    },
    ({ query }) => list(PROVIDER_TENANT_ID, query),
  );
  server.post(
    PROVIDER,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Publish a maintenance notice: planned, or urgent with a reason',
        body: noticeRequestSchema,
        response: { 201: noticeSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await publishNotice(parts, actorOf(request), request.body)),
  );
  server.post(
    `${PROVIDER}/:id/end`,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'End a maintenance notice',
        params: z.object({ id: uuidSchema }),
        body: noticeEndSchema,
        response: { 200: noticeSchema },
      },
    },
    (request) => endNotice(parts, actorOf(request), request.params.id, request.body.text),
  );
}
