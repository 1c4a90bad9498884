// SPDX-License-Identifier: Apache-2.0
import {
  scanListQuerySchema,
  scanPageSchema,
  scanRequestSchema,
  scanSchema,
  scanStartedSchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { controlScan, findScan, listScans, orderScans, type ScanContext } from './scans.ts';

const BASE = '/api/v1/tenants/:tenantId/scans';

export function registerScanRoutes(server: ManagerServer, { database, clock, newId }: ManagerParts): void {
  const within = <T>(tenantId: string, work: (context: ScanContext) => Promise<T>): Promise<T> =>
    database.asTenant(tenantId, (tx) => work({ tx, tenantId, now: new Date(clock.nowMs()), newId }));
  server.get(
    BASE,
    {
      config: { right: 'scans.read' },
      schema: {
        summary: 'Scans, latest first',
        params: tenantParamsSchema,
        querystring: scanListQuerySchema,
        response: { 200: scanPageSchema },
      },
    },
    ({ params, query }) => {
      const after = decodeCursor(query.cursor, z.tuple([timeSchema, uuidSchema]));
      return within(params.tenantId, (context) => listScans(context, query, after));
    },
  );
  server.post(
    BASE,
    {
      config: { right: 'scans.write' },
      schema: {
        summary: 'Scan VMs now',
        params: tenantParamsSchema,
        body: scanRequestSchema,
        response: { 200: scanStartedSchema },
      },
    },
    (request) => within(request.params.tenantId, (context) => orderScans(context, request.body, actorOf(request))),
  );
  const item = { params: tenantItemParamsSchema, response: { 200: scanSchema } };
  server.get(
    `${BASE}/:id`,
    { config: { right: 'scans.read' }, schema: { summary: 'One scan', ...item } },
    ({ params }) => within(params.tenantId, (context) => findScan(context, params.id)),
  );
  for (const verb of ['pause', 'resume', 'cancel'] as const) {
    server.post(
      `${BASE}/:id/${verb}`,
      { config: { right: 'scans.write' }, schema: { summary: `${verb} a scan`, ...item } },
      (request) =>
        within(request.params.tenantId, (context) => controlScan(context, request.params.id, verb, actorOf(request))),
    );
  }
}
